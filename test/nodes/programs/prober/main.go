// Prober listens as a workload does, and opens connections as a workload does.
//
//	prober listen NAME PORT...    answers each TCP connection with NAME
//	prober dial TIMEOUT TARGET... prints what became of each connection, as JSON
//
// A target is tcp/ADDRESS:PORT, or dns/ADDRESS:PORT/NAME for a lookup over UDP. An outcome is the peer's NAME, "open" if the peer
// takes the connection and says nothing, "resolved", "timeout", or the error of the system.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

// MAX_OPEN bounds the connections that are under way at once.
const MAX_OPEN = 100

func main() {
	if len(os.Args) < 3 {
		log.Fatal("prober listen NAME PORT... | prober dial TIMEOUT TARGET...")
	}
	switch os.Args[1] {
	case "listen":
		listen(os.Args[2], os.Args[3:])
	case "dial":
		timeout, err := time.ParseDuration(os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		json.NewEncoder(os.Stdout).Encode(dialAll(os.Args[3:], timeout))
	}
}

func listen(name string, ports []string) {
	for _, port := range ports {
		listener, err := net.Listen("tcp", ":"+port)
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			for {
				connection, err := listener.Accept()
				if err != nil {
					log.Fatal(err)
				}
				go func() {
					fmt.Fprintln(connection, name)
					connection.Close()
				}()
			}
		}()
	}
	fmt.Println("listening")
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ended.Done()
}

func dialAll(targets []string, timeout time.Duration) map[string]string {
	outcomes := make(map[string]string, len(targets))
	var lock sync.Mutex
	var all sync.WaitGroup
	open := make(chan struct{}, MAX_OPEN)
	for _, target := range targets {
		all.Add(1)
		open <- struct{}{}
		go func() {
			outcome := dial(target, timeout)
			lock.Lock()
			outcomes[target] = outcome
			lock.Unlock()
			<-open
			all.Done()
		}()
	}
	all.Wait()
	return outcomes
}

func dial(target string, timeout time.Duration) string {
	kind, rest, _ := strings.Cut(target, "/")
	if kind == "dns" {
		server, name, _ := strings.Cut(rest, "/")
		return lookup(server, name, timeout)
	}
	connection, err := net.DialTimeout("tcp", rest, timeout)
	if err != nil {
		return outcomeOf(err)
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(timeout))
	name, err := io.ReadAll(io.LimitReader(connection, 256))
	if err != nil {
		return "open"
	}
	return strings.TrimSpace(string(name))
}

func lookup(server, name string, timeout time.Duration) string {
	limited, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server)
	}}
	if _, err := resolver.LookupHost(limited, name); err != nil {
		return outcomeOf(err)
	}
	return "resolved"
}

func outcomeOf(err error) string {
	var timed net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &timed) && timed.Timeout()) {
		return "timeout"
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
