// Phone numbers as people write them.

// isNumber says whether it can be one in international form: a +, and 7 to 15 digits with
// whatever people put between them. E.164 allows 15; the server knows each country's numbers.
export const isNumber = (typed: string) => /^\+\p{Nd}{7,15}$/u.test(typed.replace(/[\p{Z}\p{Pd}\p{Cf}().·/]/gu, ""));
