package feeds

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
)

// tlsError says why there is no secure connection; nil when that is not the
// trouble. Certificate checks are never switched off: a feed that anybody on the
// way can write into would be posted.
func tlsError(host string, err error) *Error {
	var expired x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var roots x509.SystemRootsError
	e := &Error{Kind: KindTLS, Err: err, Hint: "tell the publisher; certificate checks are never switched off"}
	switch {
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		e.Message = "the certificate of " + host + " has expired, or is not valid yet"
		if c := expired.Cert; c != nil {
			e.Message += " (it is valid from " + c.NotBefore.UTC().Format("2 January 2006") + " to " + c.NotAfter.UTC().Format("2 January 2006") + ")"
		}
		e.Hint = "tell the publisher, unless this machine's clock is wrong; certificate checks are never switched off"
	case errors.As(err, &name):
		e.Message = "the certificate of " + host + " is for another name"
		e.Hint = "check the host in the feed's address, with and without www; or tell the publisher"
	case errors.As(err, &authority):
		e.Message = "the certificate of " + host + " is from an authority that this machine does not know"
		e.Hint = "tell the publisher that a certificate is missing from the chain; or, if the authority is your own, add it to this machine's certificates"
	case errors.As(err, &roots):
		e.Message, e.Hint = "this machine knows no authority for certificates", "install its certificates (often a package called ca-certificates)"
	case plainOverTLS(err):
		e.Message, e.Hint = host+" does not speak TLS there", "check the port in the feed's address, or write http:// if that is meant"
	case isTLS(err):
		e.Message = "no secure connection to " + host + " came about"
	default:
		return nil
	}
	return e
}

// plainOverTLS reports whether the server answered without TLS where it was due.
func plainOverTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

func isTLS(err error) bool {
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	return errors.As(err, &cert) || errors.As(err, &alert) || strings.Contains(err.Error(), "tls: ")
}
