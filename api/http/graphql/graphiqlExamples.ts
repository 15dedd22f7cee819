/** The operations that GraphiQL shows to new users, to run from top to bottom. */
export const examples = {
  query: `# Ctrl-Enter runs the operation at the cursor; the button asks which one to run.

# The state of the service. Needs no sign-in.
query Health {
  health {
    status
    version
    engine { kind status message steps }
  }
}

# Only if you aren't signed in yet: enter the password below. The response sets a cookie.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    viewer { username role }
    expiresIn
  }
}

# Sends a prompt to the default model. Returns at once, with a generation that is still empty.
mutation Generate {
  generate(input: { prompt: "What is 2+2?" }) {
    generation { id status model }
    conversation { id title }
  }
}

# Streams an answer until its end. Enter the generation's id below.
subscription Follow($id: ID!) {
  generation(id: $id) {
    delta
    cursor
    status
    generation { text usage { completionTokens tokensPerSecond } }
  }
}

# The models, and your conversations.
query Read {
  viewer { username }
  models(first: 10) { edges { node { name description loaded isDefault } } }
  conversations(first: 5) {
    edges { node { id title updatedAt messages(last: 4) { edges { node { role content } } } } }
  }
}
`,
  variables: `{
  "input": { "username": "admin", "password": "" },
  "id": ""
}`,
} as const;
