/** The maximum length of a message in the field, in UTF-16 code units. The field gets slow with more. */
export const maxMessageLength = 100_000;
