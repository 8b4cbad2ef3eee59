// Package abi is how a reactor and its host exchange text: the host writes a request with allocate, calls an exported function with
// its address and length, and reads the answer at the packed address (high 32 bits) and length (low 32 bits). Both sides speak JSON.
package abi

import (
	"encoding/json"
	"fmt"
	"unsafe"
)

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

// Call decodes a request, and encodes what work makes of it. A failure is answered as {"error": ...}.
func Call[Request, Answer any](address, length uint32, work func(Request) (Answer, error)) uint64 {
	var request Request
	if err := json.Unmarshal(pinned[address][:length], &request); err != nil {
		return failure(err)
	}
	answer, err := work(request)
	if err != nil {
		return failure(err)
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		return failure(err)
	}
	return packed(encoded)
}

func failure(err error) uint64 {
	return packed(fmt.Appendf(nil, `{"error":%q}`, err.Error()))
}

func packed(text []byte) uint64 {
	return uint64(pin(text))<<32 | uint64(len(text))
}
