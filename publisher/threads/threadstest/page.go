package threadstest

import (
	"net/http"
	"strings"
)

func isPage(path string) bool {
	return path == "/" || strings.HasPrefix(path, "/@") || strings.HasPrefix(path, "/_")
}

func (s *Server) pages() http.Handler { return http.NewServeMux() }
