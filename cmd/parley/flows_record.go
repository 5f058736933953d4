package main

import ("context";"errors")

func (c *flowsPlay) record(ctx context.Context, p *Program, all *commands) error { return errors.New("x") }
