/** What GraphiQL shows to whoever opens it for the first time, a tab each. */
export const examples = [
  {
    query: `# Where things stand. Open to everyone.
query Health {
  health {
    status
    version
    engine { kind status message steps }
  }
}
`,
  },
  {
    query: `# This browser stays signed in: the answer sets a cookie.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    viewer { username role }
    accessToken
    expiresIn
  }
}
`,
    variables: '{ "input": { "username": "admin", "password": "" } }',
  },
  {
    query: `# Asks the default model. The answer comes at once, still empty: follow it in the next tab.
mutation Generate {
  generate(input: { prompt: "What is 2+2?" }) {
    generation { id status model }
    conversation { id title }
  }
}
`,
  },
  {
    query: `# Follows an answer to its end. Put the generation's id below.
subscription Follow($id: ID!) {
  generation(id: $id) {
    delta
    status
    cursor
    generation { text usage { completionTokens tokensPerSecond } }
  }
}
`,
    variables: '{ "id": "" }',
  },
  {
    query: `query Read {
  viewer { username }
  models(first: 10) { edges { node { name description loaded isDefault } } }
  conversations(first: 5) {
    edges { node { id title updatedAt messages(last: 4) { edges { node { role content } } } } }
  }
}
`,
  },
];
