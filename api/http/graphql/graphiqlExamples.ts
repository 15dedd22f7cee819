/** What GraphiQL shows to whoever opens it for the first time: operations to run, top to bottom. */
export const examples = {
  query: `# Ctrl-Enter runs the operation that the cursor is in; the button asks which.

# Where things stand. Open to everyone.
query Health {
  health {
    status
    version
    engine { kind status message steps }
  }
}

# Only if nobody is signed in here yet: put the password below. The answer sets a cookie.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    viewer { username role }
    expiresIn
  }
}

# Asks the default model. It answers at once, with a generation that is still empty.
mutation Generate {
  generate(input: { prompt: "What is 2+2?" }) {
    generation { id status model }
    conversation { id title }
  }
}

# Follows an answer as it comes, to its end. Put the generation's id below.
subscription Follow($id: ID!) {
  generation(id: $id) {
    delta
    cursor
    status
    generation { text usage { completionTokens tokensPerSecond } }
  }
}

# What there is: models, and your conversations.
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
