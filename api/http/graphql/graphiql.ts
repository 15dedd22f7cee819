import { createHash } from 'node:crypto';
import { prepareContent, type StaticContent, sendContent } from '../responses/staticContent.ts';
import type { Exchange } from '../server/exchange.ts';
import { graphiqlPolicy } from '../server/securityHeaders.ts';
import { renderGraphiQLPage } from './graphiqlPage.ts';

interface Page {
  readonly content: StaticContent;
  readonly policy: string;
}

/** Whether a browser opens the page, rather than a program that sends a query. */
export const wantsGraphiQL = ({ request }: Exchange): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  (request.headers.accept ?? '').includes('text/html');

/** Serves GraphiQL as one self-contained page, which works without internet access. */
export const createGraphiQL = (basePath: string): ((exchange: Exchange) => Promise<void>) => {
  let page: Promise<Page> | null = null;

  return async (exchange) => {
    page ??= render(basePath);
    page.catch(() => {
      page = null;
    });
    const { content, policy } = await page;
    exchange.response.setHeader('Content-Security-Policy', policy);
    exchange.response.appendHeader('Vary', 'Accept');
    sendContent(exchange, content);
  };
};

const render = async (basePath: string): Promise<Page> => {
  // Loaded at the first request, not at the start.
  const html = await renderGraphiQLPage(basePath);
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) =>
    sha256(script),
  );
  return {
    content: await prepareContent('text/html; charset=utf-8', html),
    policy: graphiqlPolicy(scripts),
  };
};

const sha256 = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
