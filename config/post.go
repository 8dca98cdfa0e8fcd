package config

// Post is what a post looks like. Templates are Go templates over the item;
// docs/wording.md says what they can do.
type Post struct {
	PostOptions `yaml:",inline"`

	// What differs on a network: any of the keys of post, by the network's name.
	// Keys that are not given here are as above.
	Networks map[string]PostOptions `yaml:"networks" max:"10" names:"network"`

	// What differs on an account: any of the keys of post, by the account's name.
	// It goes before networks.
	Accounts map[string]PostOptions `yaml:"accounts" max:"1000" names:"account"`
}

// PostOptions are the keys of post that may differ between networks and
// accounts. [Config.PostFor] says what holds for one.
type PostOptions struct {
	// The words: a template. The part that is piped through fit is shortened
	// first.
	Text string `yaml:"text" default:"{{ .Title }}\n\n{{ .Summary | fit }}" min:"1" max:"10000" check:"template"`

	// Where the item's address goes: shown as a card, written at the end of
	// the text, or left out. On a network that makes cards of the addresses in
	// a text, such as Mastodon, a card is one of those.
	Link string `yaml:"link" default:"card" enum:"card,text,none"`

	// Whether a picture of the item is posted with it. auto: unless the post
	// shows a card; first: rather than a card, the link then stands in the text,
	// and without a picture that can be used it is a card; none: never.
	Image string `yaml:"image" default:"auto" enum:"auto,first,none"`

	// The most pictures in one post, as far as the item has several and the network
	// takes them: most take 4, Threads 20.
	Images int `yaml:"images" default:"1" min:"1" max:"20"`

	// Whether a film of the item is posted with it, where the network takes it
	// and image lets pictures be posted. It goes before pictures.
	Video string `yaml:"video" default:"auto" enum:"auto,none"`

	// What becomes of a picture that the feed does not describe: it is posted as
	// it is (post), the post goes out without pictures (without_image), or a
	// person sees it first (hold).
	Alt string `yaml:"alt" default:"post" enum:"post,without_image,hold"`

	// How many posts a text that does not fit in one may be spread over, each a
	// reply to the one before. 0: the text is shortened.
	Chain int `yaml:"chain" default:"0" min:"0" max:"25"`

	// The topic: a template. Threads shows one topic; Bluesky keeps up to eight,
	// separated by commas, as tags that searches find; a webhook's message has it
	// (json). Elsewhere it is not used.
	Topic string `yaml:"topic" max:"1000" check:"template"`

	// The hashtags of categories, for the helper hashtag: the category, in any
	// case, and the tag with or without #. Empty: it gets none. Other categories
	// are written together: "local news" is #LocalNews.
	Hashtags map[string]string `yaml:"hashtags" max:"1000" names:"text" check:"hashtag"`

	// The handles of authors, for the helper handle: the name as the feed has
	// it, in any case, and the handle, such as "@ana.example.org". Empty: the
	// name stays. Handles are those of a network, so they stand best in networks.
	Handles map[string]string `yaml:"handles" max:"1000" names:"text" check:"mention"`

	// A content warning: a template. Where the network can, the post is hidden
	// behind it, if it says anything.
	Warning string `yaml:"warning" max:"1000" check:"template"`

	// The words of a correction: a template. Default: "Correction:" in the
	// language of the post, and title and summary as they are now.
	Correction string `yaml:"correction" max:"10000" check:"template"`

	// The words of posts about service alerts, by what they tell: announce, update,
	// close, planned or digest. Each value is a template; docs/wording.md says what it
	// can say. Those that are not given have words in the language of the alert.
	Alerts map[string]string `yaml:"alerts" max:"5" check:"alert template" names:"alert phase"`

	// What is added to the item's address, for statistics such as UTM. Each
	// value is a template.
	Query map[string]string `yaml:"query" max:"20" check:"template" names:"query"`

	// The language of posts as a tag such as en or pt-BR, where neither the item
	// nor its feed names one.
	Language string `yaml:"language" max:"35" check:"language"`

	// item: what the item or its feed says about the language goes before
	// language. config: it is not to be trusted, so language alone counts.
	LanguageFrom string `yaml:"language_from" default:"item" enum:"item,config"`
}
