package tools

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// read parses the Dockerfile of the repository.
func read(t *testing.T) (*parser.Result, []instructions.Stage, []instructions.ArgCommand) {
	t.Helper()
	f, err := os.Open("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	result, err := parser.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	stages, args, err := instructions.Parse(result.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result, stages, args
}

// commands returns the instructions of one type, in their order.
func commands[T instructions.Command](stage instructions.Stage) []T {
	var found []T
	for _, c := range stage.Commands {
		if c, ok := c.(T); ok {
			found = append(found, c)
		}
	}
	return found
}

func TestDockerfileParsesWithoutWarnings(t *testing.T) {
	result, stages, args := read(t)
	for _, w := range result.Warnings {
		t.Errorf("warning: %s", w.Short)
	}
	if len(stages) != 2 {
		t.Errorf("%d stages, want one that builds and one that is shipped", len(stages))
	}
	for _, a := range args {
		if len(a.Args) != 1 {
			t.Errorf("%s: one ARG per line, since older builders ignore the others", &a)
		}
	}
}

func TestDockerfileUsesNothingThatOlderBuildersLack(t *testing.T) {
	_, stages, _ := read(t)
	for _, stage := range stages {
		if n := len(commands[*instructions.AddCommand](stage)); n > 0 {
			t.Errorf("stage %q: %d ADD: it fetches and unpacks by itself, COPY does neither", stage.Name, n)
		}
		for _, c := range commands[*instructions.CopyCommand](stage) {
			if c.Link {
				t.Errorf("%s: no COPY --link", c)
			}
		}
		for _, c := range commands[*instructions.RunCommand](stage) {
			if len(c.Files) > 0 {
				t.Errorf("%s: no heredoc", c)
			}
		}
		for _, c := range commands[*instructions.ArgCommand](stage) {
			if len(c.Args) != 1 {
				t.Errorf("%s: one ARG per line", c)
			}
		}
	}
}

func TestDockerfileShipsAnEmptySystemThatIsNotRoot(t *testing.T) {
	_, stages, _ := read(t)
	last := stages[len(stages)-1]
	if last.BaseName != "scratch" {
		t.Errorf("the shipped stage is from %q, want scratch", last.BaseName)
	}
	users := commands[*instructions.UserCommand](last)
	if len(users) != 1 || users[0].User != "10001:10001" {
		t.Errorf("USER: %v, want 10001:10001 once: a number can be checked by an orchestrator, a name cannot", users)
	}
	if n := len(commands[*instructions.RunCommand](last)); n > 0 {
		t.Errorf("%d RUN in the shipped stage, which has no shell", n)
	}
	volumes := commands[*instructions.VolumeCommand](last)
	if len(volumes) != 1 || !slices.Equal(volumes[0].Volumes, []string{"/data"}) {
		t.Errorf("VOLUME: %v, want /data", volumes)
	}
}

func TestDockerfileStartsAndChecksWithoutAShell(t *testing.T) {
	_, stages, _ := read(t)
	last := stages[len(stages)-1]
	health := commands[*instructions.HealthCheckCommand](last)
	if len(health) != 1 || !slices.Equal(health[0].Health.Test, []string{"CMD", "/usr/local/bin/spool", "health"}) {
		t.Errorf("HEALTHCHECK: %+v, want CMD with the binary and \"health\"", health)
	}
	entry := commands[*instructions.EntrypointCommand](last)
	if len(entry) != 1 || entry[0].PrependShell || !slices.Equal(entry[0].CmdLine, []string{"/usr/local/bin/spool"}) {
		t.Errorf("ENTRYPOINT: %+v", entry)
	}
	cmd := commands[*instructions.CmdCommand](last)
	if len(cmd) != 1 || cmd[0].PrependShell || !slices.Equal(cmd[0].CmdLine, []string{"run"}) {
		t.Errorf("CMD: %+v", cmd)
	}
}

func TestDockerignoreKeepsSecretsOut(t *testing.T) {
	text, err := os.ReadFile("../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, want := range []string{".git", "config.yaml", "secrets", ".env", "**/*.db"} {
		if !slices.Contains(lines, want) {
			t.Errorf(".dockerignore lacks %q", want)
		}
	}
}
