import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { s3AttachmentFiles } from '../attachments/files/files.s3.ts';
import { silent } from '../redis/server.testing.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { withBucket } from '../stores/stores.s3.ts';
import { checkBucket, openBucket } from './client.ts';
import { absentBucket, createBucket, describeWithS3 } from './server.testing.ts';

const at = (endpoint: string) => ({
  endpoint: `${endpoint}/files`,
  bucket: 'files',
  prefix: '',
  region: 'us-east-1',
  accessKeyId: 'key',
  secretAccessKey: 'secret',
});

/** Runs a server that answers as the listener does, and gives its address to the task. */
const withServer = async (listener: RequestListener, task: (address: string) => Promise<void>) => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    await task(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const failing =
  (status: number, code: string): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
  };

describe('the start with a bucket', () => {
  it.each<[number, string, string]>([
    [403, 'InvalidAccessKeyId', 'rejects the credentials (InvalidAccessKeyId). Correct AWS_ACCESS_KEY_ID'],
    [
      400,
      'AuthorizationHeaderMalformed',
      'rejects the request (AuthorizationHeaderMalformed). Correct AWS_REGION',
    ],
    [503, 'SlowDown', 'answers with 503'],
    [404, 'NoSuchBucket', 'The bucket "files" in ATTACHMENTS_URL does not exist at 127.0.0.1'],
  ])('ends with a sentence after %d %s', async (status, code, message) => {
    await withServer(failing(status, code), async (address) => {
      const config = at(address);
      await expect(checkBucket(openBucket(config), config)).rejects.toThrow(message);
    });
  });

  it('ends with a sentence if nothing answers', async () => {
    const config = at('http://127.0.0.1:9');
    await expect(checkBucket(openBucket(config), config)).rejects.toThrow(
      `The bucket "files" in ATTACHMENTS_URL can't be used: 127.0.0.1:9 does not answer.`,
    );
  });

  it('goes on while nothing answers, or the server fails, and ends if an operator has to change something', async () => {
    const stores = await openTemporaryStores();
    const silentBucket = await withBucket(stores, at('http://127.0.0.1:9'), silent);
    await expect(silentBucket.checkFiles?.()).rejects.toThrow('does not answer');
    await withServer(failing(503, 'SlowDown'), async (address) => {
      await expect(withBucket(stores, at(address), silent)).resolves.toBeDefined();
    });
    await withServer(failing(403, 'InvalidAccessKeyId'), async (address) => {
      await expect(withBucket(stores, at(address), silent)).rejects.toThrow('Correct AWS_ACCESS_KEY_ID');
    });
  });

  describeWithS3('on a real server', () => {
    it('accepts an empty bucket', async () => {
      const config = await createBucket();
      await expect(checkBucket(openBucket(config), config)).resolves.toBeUndefined();
    });

    it('rejects an absent bucket, and a wrong secret', async () => {
      const absent = absentBucket();
      await expect(checkBucket(openBucket(absent), absent)).rejects.toThrow('does not exist');
      const wrong = { ...(await createBucket()), secretAccessKey: 'wrong' };
      await expect(checkBucket(openBucket(wrong), wrong)).rejects.toThrow('rejects the credentials');
    });
  });
});

describe('requests to a bucket', () => {
  it('are repeated after an error of the server, and end in a clear error', async () => {
    const stores = await openTemporaryStores();
    const file = { ownerId: 'a', id: 'b', sha256: '0'.repeat(64) };
    let requests = 0;
    const recovering: RequestListener = (request, response) => {
      requests += 1;
      if (requests > 2) response.end();
      else failing(503, 'SlowDown')(request, response);
    };
    await withServer(recovering, async (address) => {
      const files = s3AttachmentFiles(openBucket(at(address)), '', stores.attachmentFiles);
      expect(await files.write(file, Buffer.from('x'))).toBe('a/s3/b');
    });
    expect(requests).toBe(3);
    const files = s3AttachmentFiles(openBucket(at('http://127.0.0.1:9')), '', stores.attachmentFiles);
    await expect(files.write(file, Buffer.from('x'))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: 'The store of files is unavailable. Try again in a minute.',
    });
    await expect(files.open('a/s3/../b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await stores.close();
  });
});
