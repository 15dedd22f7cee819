import { Trans } from '@lingui/react/macro';
import { Link } from 'react-router';
import { serverAddress } from '../relay/basePath.ts';

const link = 'font-medium text-accent underline-offset-4 hover:underline';

/** Links for developers: GraphiQL and the API reference, which are not pages of this app. */
export const ProgramLinks = () => (
  <ul className="flex flex-col gap-2 text-muted">
    <li>
      <Trans>
        <a href={serverAddress('/graphql')} className={link}>
          GraphiQL
        </a>
        : try the GraphQL API, with its documentation
      </Trans>
    </li>
    <li>
      <Trans>
        <a href={serverAddress('/docs')} className={link}>
          REST reference
        </a>
        : the addresses in the shapes of Ollama and OpenAI
      </Trans>
    </li>
    <li>
      <Trans>
        <Link to="/llm-test" className={link}>
          LLM test
        </Link>
        : one prompt and its answer, over REST
      </Trans>
    </li>
  </ul>
);
