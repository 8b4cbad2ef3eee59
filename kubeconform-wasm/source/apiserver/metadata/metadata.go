// Package metadata is what the API server fills in before it validates an object.
package metadata

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Prepare sets a generated name, a UID, and the namespace that the object is sent to: "default" if it names none.
func Prepare(object metav1.Object, namespaced bool) field.ErrorList {
	if object.GetName() == "" && object.GetGenerateName() != "" {
		object.SetName(object.GetGenerateName() + "00000")
	}
	object.SetUID("00000000-0000-0000-0000-000000000000")
	object.SetCreationTimestamp(metav1.Unix(0, 0))
	switch {
	case namespaced && object.GetNamespace() == "":
		object.SetNamespace(metav1.NamespaceDefault)
	case !namespaced && object.GetNamespace() != "":
		return field.ErrorList{field.Forbidden(field.NewPath("metadata", "namespace"), "not allowed on this type")}
	}
	return nil
}
