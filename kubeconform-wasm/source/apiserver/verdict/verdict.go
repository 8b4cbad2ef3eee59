// Package verdict is what the API server answers to a create request, in the words of its Status: accepted, or refused with causes.
package verdict

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Cause is one reason for a refusal, as in the details of a Status. Field is empty where it is about no field.
type Cause struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// What Status says; a reactor does not know the kinds that it does not serve.
const (
	StatusAccepted = "accepted"
	StatusRefused  = "refused"
	StatusUnknown  = "unknown"
)

// Verdict of one object.
type Verdict struct {
	Status string  `json:"status"`
	Causes []Cause `json:"causes"`
	// Apply are causes for which server-side apply, alone, would refuse the object.
	Apply []Cause `json:"apply,omitempty"`
	// PodSecurity says what the object's pods violate of the level that their namespace enforces; empty if nothing.
	PodSecurity string `json:"podSecurity,omitempty"`
	// Pods are causes for which the pods of a custom kind would be refused: only its controller sends their template to the API server.
	Pods []Cause `json:"pods,omitempty"`
}

// Unknown is the verdict on a kind that is not served here.
func Unknown() Verdict { return Verdict{Status: StatusUnknown, Causes: []Cause{}} }

// Of invalid fields; of none, the object is accepted.
func Of(errs field.ErrorList) Verdict {
	return of(Causes(errs))
}

// Causes of invalid fields.
func Causes(errs field.ErrorList) []Cause {
	causes := []Cause{}
	for _, err := range errs {
		causes = append(causes, Cause{Field: strings.TrimPrefix(err.Field, "<nil>"), Message: err.ErrorBody()})
	}
	return causes
}

// Undecodable is the verdict on an object that does not decode: fields that do not exist, or have another type.
func Undecodable(err error) Verdict {
	causes := []Cause{}
	if strict, isStrict := runtime.AsStrictDecodingError(err); isStrict {
		for _, each := range strict.Errors() {
			causes = append(causes, decodingCause(each.Error()))
		}
	} else {
		causes = append(causes, decodingCause(err.Error()))
	}
	return of(causes)
}

func of(causes []Cause) Verdict {
	if len(causes) == 0 {
		return Verdict{Status: StatusAccepted, Causes: causes}
	}
	return Verdict{Status: StatusRefused, Causes: causes}
}

var (
	strictError = regexp.MustCompile(`^(unknown field|duplicate field) "([^"]+)"$`)
	typeError   = regexp.MustCompile(`cannot unmarshal .* into Go struct field \w+\.(\S+) of type`)
)

// decodingCause finds the field in the words of the decoder, which has no other place for it.
func decodingCause(message string) Cause {
	if match := strictError.FindStringSubmatch(message); match != nil {
		return Cause{Field: match[2], Message: match[1]}
	}
	if match := typeError.FindStringSubmatch(message); match != nil {
		return Cause{Field: match[1], Message: message}
	}
	return Cause{Message: message}
}
