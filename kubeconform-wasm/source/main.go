// Command kubeconform-wasm is a WASI reactor that validates Kubernetes manifests against JSON schemas held in memory.
//
// The host writes a request with allocate, calls one of the exported functions with its address and length, and reads
// the answer at the packed address (high 32 bits) and length (low 32 bits). Both sides speak JSON.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"unsafe"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yannh/kubeconform/pkg/resource"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"sigs.k8s.io/yaml"
)

func main() {}

// pinned keeps buffers that the host holds an address of out of the garbage collector's reach.
var pinned = map[uint32][]byte{}

//go:wasmexport allocate
func allocate(size uint32) uint32 {
	return pin(make([]byte, max(size, 1)))
}

//go:wasmexport release
func release(address uint32) {
	delete(pinned, address)
}

func pin(buffer []byte) uint32 {
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(buffer))))
	pinned[address] = buffer
	return address
}

func answer(value any) uint64 {
	encoded, err := json.Marshal(value)
	if err != nil {
		encoded = fmt.Appendf(nil, `{"error":%q}`, err.Error())
	}
	return uint64(pin(encoded))<<32 | uint64(len(encoded))
}

// schemaSet is what the host sends: whole documents, and for each "apiVersion/kind" the reference to its schema.
type schemaSet struct {
	Documents map[string]json.RawMessage `json:"documents"`
	Kinds     map[string]string          `json:"kinds"`
}

// documents are decoded when a schema that is compiled leads to them: of some 600, a manifest needs a few dozen.
type documents map[string]json.RawMessage

// Load implements jsonschema.URLLoader.
func (d documents) Load(url string) (any, error) {
	document, found := d[url]
	if !found {
		return nil, fmt.Errorf("no document %s", url)
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(document))
}

var (
	known    = documents{}
	compiler = newCompiler()
	kinds    = map[string]string{}
	compiled = map[string]*jsonschema.Schema{}
	printer  = message.NewPrinter(language.English)
)

func newCompiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(known)
	return c
}

//go:wasmexport addSchemas
func addSchemas(address, length uint32) uint64 {
	var set schemaSet
	if err := json.Unmarshal(pinned[address][:length], &set); err != nil {
		return answer(map[string]string{"error": err.Error()})
	}
	for url, document := range set.Documents {
		known[url] = document
	}
	for kind, reference := range set.Kinds {
		kinds[kind] = reference
		delete(compiled, kind)
	}
	return answer(map[string]int{"kinds": len(kinds)})
}

// verdict is one manifest's result. Status has kubeconform's words: valid, invalid, error, empty.
type verdict struct {
	Kind      string   `json:"kind"`
	Version   string   `json:"version"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Status    string   `json:"status"`
	Messages  []string `json:"messages"`
}

//go:wasmexport validate
func validate(address, length uint32) uint64 {
	verdicts := []verdict{}
	resources, failures := resource.FromStream(context.Background(), "", bytes.NewReader(pinned[address][:length]))
	for resources != nil || failures != nil {
		select {
		case next, open := <-resources:
			if !open {
				resources = nil
				continue
			}
			verdicts = append(verdicts, judge(next))
		case failure, open := <-failures:
			if !open {
				failures = nil
				continue
			}
			verdicts = append(verdicts, verdict{Status: "error", Messages: []string{failure.Error()}})
		}
	}
	return answer(verdicts)
}

func judge(manifest resource.Resource) verdict {
	if len(bytes.TrimSpace(manifest.Bytes)) == 0 {
		return verdict{Status: "empty", Messages: []string{}}
	}
	var object map[string]any
	// Strict: a key written twice is an error, as it is in kubeconform -strict.
	if err := yaml.UnmarshalStrict(manifest.Bytes, &object); err != nil {
		return verdict{Status: "error", Messages: []string{"error unmarshalling resource: " + err.Error()}}
	}
	if object == nil {
		return verdict{Status: "empty", Messages: []string{}}
	}
	signature, err := manifest.SignatureFromMap(object)
	if err != nil {
		return verdict{Status: "error", Messages: []string{"error while parsing: " + err.Error()}}
	}
	result := verdict{
		Kind: signature.Kind, Version: signature.Version, Namespace: signature.Namespace, Name: signature.Name,
		Status: "valid", Messages: []string{},
	}
	schema, err := schemaFor(signature.Version + "/" + signature.Kind)
	if err != nil {
		result.Status, result.Messages = "error", []string{err.Error()}
		return result
	}
	if err := schema.Validate(object); err != nil {
		result.Status, result.Messages = "invalid", explain(err)
	}
	return result
}

func schemaFor(kind string) (*jsonschema.Schema, error) {
	if schema, found := compiled[kind]; found {
		return schema, nil
	}
	reference, found := kinds[kind]
	if !found {
		return nil, fmt.Errorf("could not find schema for %s", kind)
	}
	schema, err := compiler.Compile(reference)
	if err != nil {
		return nil, fmt.Errorf("the schema for %s does not compile: %w", kind, err)
	}
	compiled[kind] = schema
	return schema, nil
}

// explain lists the innermost causes, each with the path of the value it is about.
func explain(err error) []string {
	var root *jsonschema.ValidationError
	if !errors.As(err, &root) {
		return []string{err.Error()}
	}
	messages := []string{}
	var walk func(*jsonschema.ValidationError)
	walk = func(cause *jsonschema.ValidationError) {
		if len(cause.Causes) == 0 {
			path := "/" + strings.Join(cause.InstanceLocation, "/")
			messages = append(messages, path+": "+cause.ErrorKind.LocalizedString(printer))
		}
		for _, inner := range cause.Causes {
			walk(inner)
		}
	}
	walk(root)
	sort.Strings(messages)
	return messages
}
