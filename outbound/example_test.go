package outbound_test

import (
	"context"
	"fmt"
	"time"

	"parley/conversation"
	"parley/outbound"
	"parley/outbound/provider"
)

// A dispatcher with the carrier that lives in the process.
func ExampleDispatcher() {
	way, traits, err := provider.New(provider.Settings{Name: "demo", Provider: "loopback", Secret: secret})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	way.(*provider.Loopback).Carrier.Took = func(o provider.Outgoing) {
		fmt.Println(o.To, o.Text)
		cancel()
	}
	queue := &table{}
	queue.add(conversation.Message{Text: "Your parcel is here."})
	d := &outbound.Dispatcher{
		Queue: queue, Submit: queue.Submit, Node: "n1", Now: time.Now,
		Carriers: map[string]outbound.Carrier{"demo": {Provider: way, Traits: traits}},
		Lines:    map[string]outbound.Line{"+12025550100": {Carrier: "demo", Rate: 10}},
	}
	fmt.Println(d.Run(ctx), queue.count(conversation.Sent))
	// Output:
	// +12025550123 Your parcel is here.
	// <nil> 1
}
