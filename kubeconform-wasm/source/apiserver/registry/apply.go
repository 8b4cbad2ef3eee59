package registry

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// keysBeside are the further keys of lists whose items are not told apart by their patchMergeKey alone (x-kubernetes-list-map-keys).
var keysBeside = map[string]string{
	"containerPort": "protocol",
	"port":          "protocol",
	"topologyKey":   "whenUnsatisfiable",
}

// Duplicates are items of a list with the keys of another. Server-side apply refuses them; a create request does not, always.
func Duplicates(object runtime.Object) field.ErrorList {
	return duplicates(reflect.ValueOf(object), nil)
}

func duplicates(value reflect.Value, path *field.Path) field.ErrorList {
	errs := field.ErrorList{}
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !value.IsNil() {
			return duplicates(value.Elem(), path)
		}
	case reflect.Slice:
		for i := range value.Len() {
			errs = append(errs, duplicates(value.Index(i), path.Index(i))...)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			described := value.Type().Field(i)
			if !described.IsExported() {
				continue
			}
			inner := path
			if name, _, _ := strings.Cut(described.Tag.Get("json"), ","); name != "" {
				inner = child(path, name)
			}
			if key := described.Tag.Get("patchMergeKey"); key != "" {
				errs = append(errs, duplicatesIn(value.Field(i), key, inner)...)
			}
			errs = append(errs, duplicates(value.Field(i), inner)...)
		}
	}
	return errs
}

func duplicatesIn(list reflect.Value, key string, path *field.Path) field.ErrorList {
	seen := map[string]bool{}
	for i := range list.Len() {
		id := keysOf(list.Index(i), key, keysBeside[key])
		if seen[id] {
			return field.ErrorList{field.Invalid(path, field.OmitValueType{}, "duplicate entries for key ["+id+"]")}
		}
		seen[id] = true
	}
	return nil
}

// keysOf is written as server-side apply does: containerPort=80,protocol="TCP".
func keysOf(item reflect.Value, names ...string) string {
	keys := []string{}
	for i := range item.NumField() {
		name, _, _ := strings.Cut(item.Type().Field(i).Tag.Get("json"), ",")
		if !slices.Contains(names, name) {
			continue
		}
		if of := reflect.Indirect(item.Field(i)); of.Kind() == reflect.String {
			keys = append(keys, fmt.Sprintf("%s=%q", name, of.String()))
		} else {
			keys = append(keys, fmt.Sprintf("%s=%v", name, of.Interface()))
		}
	}
	return strings.Join(keys, ",")
}

func child(path *field.Path, name string) *field.Path {
	if path == nil {
		return field.NewPath(name)
	}
	return path.Child(name)
}
