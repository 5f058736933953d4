package inbound

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/flows"
)

// ContactBody is what is known of a phone, as the API shows and takes it.
type ContactBody struct {
	Phone    string         `json:"phone" readOnly:"true"`
	Name     string         `json:"name,omitempty" maxLength:"200"`
	Language string         `json:"language,omitempty" maxLength:"35" doc:"BCP 47: what the customer is written in unless a conversation has chosen another." example:"es"`
	Timezone string         `json:"timezone,omitempty" maxLength:"64" doc:"IANA." example:"America/New_York"`
	Tags     []string       `json:"tags,omitempty" maxItems:"32" doc:"Words."`
	Fields   map[string]any `json:"fields,omitempty" doc:"Whatever flows read as contact.fields: at most 50, 8 KiB together."`
}

// ContactInput is PUT /v1/contacts/{phone}. It is idempotent by itself.
type ContactInput struct {
	Phone   string `path:"phone" maxLength:"32" doc:"E.164, its + written as %2B."`
	RawBody []byte
	Body    struct {
		Name     string         `json:"name,omitempty" maxLength:"200"`
		Language string         `json:"language,omitempty" maxLength:"35" doc:"BCP 47"`
		Timezone string         `json:"timezone,omitempty" maxLength:"64" doc:"IANA"`
		Tags     []string       `json:"tags,omitempty" maxItems:"32"`
		Fields   map[string]any `json:"fields,omitempty"`
	}
}

// OfPhone names a contact.
type OfPhone struct {
	Phone string `path:"phone" maxLength:"32" doc:"E.164, its + written as %2B."`
}

func (a *API) getContact(ctx context.Context, in *OfPhone) (*One[ContactBody], error) {
	phone, err := a.Phone(in.Phone)
	if err != nil {
		return nil, badPhone(err)
	}
	c, found, err := a.Contacts.Contact(ctx, phone)
	if err != nil {
		return nil, a.unavailable(err)
	}
	if !found {
		return nil, huma.Error404NotFound("nothing is known of this phone")
	}
	return &One[ContactBody]{shownContact(c)}, nil
}

func (a *API) putContact(ctx context.Context, in *ContactInput) (*One[ContactBody], error) {
	if err := storable(in.RawBody); err != nil {
		return nil, err
	}
	phone, err := a.Phone(in.Phone)
	if err != nil {
		return nil, badPhone(err)
	}
	next := flows.Contact{Phone: phone, Name: in.Body.Name, Language: in.Body.Language, Timezone: in.Body.Timezone,
		Tags: in.Body.Tags, Fields: in.Body.Fields}
	if problems := next.Problems(); len(problems) > 0 {
		details := make([]error, len(problems))
		for i, problem := range problems {
			field, why, _ := strings.Cut(problem, ": ")
			details[i] = &huma.ErrorDetail{Message: why, Location: "body." + field}
		}
		return nil, huma.Error422UnprocessableEntity("the contact does not fit: "+strings.Join(problems, "; "), details...)
	}
	if _, err := a.Contacts.ChangeContacts(ctx, []string{phone}, func(c *flows.Contact) bool { *c = next; return true }); err != nil {
		return nil, a.unavailable(err)
	}
	return &One[ContactBody]{shownContact(next)}, nil
}

func badPhone(err error) error {
	return huma.Error422UnprocessableEntity("phone: "+err.Error(), &huma.ErrorDetail{Location: "path.phone", Message: err.Error()})
}

func shownContact(c flows.Contact) ContactBody {
	return ContactBody{Phone: c.Phone, Name: c.Name, Language: c.Language, Timezone: c.Timezone, Tags: c.Tags, Fields: c.Fields}
}
