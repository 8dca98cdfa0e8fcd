package config

import "strings"

// longestGuess bounds what is compared: a longer word is no slip of ours.
const longestGuess = 64

// nearest returns the candidate that word is probably a slip of; empty when
// none is near. Case, hyphens and underscores count for nothing.
func nearest(word string, candidates []string) string {
	if len(word) > longestGuess {
		return ""
	}
	plain := strings.NewReplacer("_", "", "-", "", " ", "")
	folded := plain.Replace(strings.ToLower(word))
	best, least := "", len(folded)/3+1
	for _, c := range candidates {
		if len(c) > longestGuess || c == word {
			continue
		}
		if d := distance(folded, plain.Replace(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with the next one.
func distance(a, b string) int {
	before, row := []int(nil), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
