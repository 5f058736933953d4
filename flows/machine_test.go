package flows_test

import (
	"fmt"
	"sync"
	"testing"

	"parley/flows"
)

func ExampleMachine() {
	m, err := flows.NewMachine(
		flows.Transition{Event: "close", From: []string{"open", "ajar"}, To: "closed"},
		flows.Transition{Event: "push", From: []string{"ajar"}, To: "ajar"},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Fire("open", "close"))
	fmt.Println(m.Fire("ajar", "push"))
	fmt.Println(m.Fire("closed", "close"))
	// Output:
	// closed true
	// ajar true
	// closed false
}

func TestMachineRefusesTwoWays(t *testing.T) {
	_, err := flows.NewMachine(
		flows.Transition{Event: "go", From: []string{"a", "b"}, To: "c"},
		flows.Transition{Event: "go", From: []string{"b"}, To: "d"},
	)
	if err == nil {
		t.Error("an event that leads from one state to two was taken")
	}
}

func TestMachineIsShared(t *testing.T) {
	m, err := flows.NewMachine(flows.Transition{Event: "there", From: []string{"a"}, To: "b"}, flows.Transition{Event: "back", From: []string{"b"}, To: "a"})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				if to, ok := m.Fire("a", "there"); to != "b" || !ok {
					t.Error("a machine that is shared went astray")
				}
				if _, ok := m.Fire("a", "back"); ok {
					t.Error("it goes back from where it is not")
				}
			}
		})
	}
	all.Wait()
}
