import type { RunMongo } from '../../mongo/connection.ts';
import { timedPage } from '../../mongo/page.ts';
import { dockerRequestDocumentOf, dockerRequestOf } from './documents.mongo.ts';
import type { DockerRequestStore } from './store.ts';

export const mongoDockerRequestStore = (run: RunMongo): DockerRequestStore => ({
  insert: (request, { pending, since, kept }) =>
    run(async ({ dockerRequests }) => {
      const { ownerId } = request;
      await dockerRequests.insertOne(dockerRequestDocumentOf(request));
      // After the insert, so that simultaneous ones together stay below the limit.
      const waiting = { ownerId, status: 'PENDING', createdAt: { $gt: since } } as const;
      if ((await dockerRequests.countDocuments(waiting)) > pending) {
        await dockerRequests.deleteOne({ _id: request.id });
        return false;
      }
      const old = await dockerRequests
        .find({ ownerId }, { projection: { _id: 1 } })
        .sort({ createdAt: -1, _id: -1 })
        .skip(kept)
        .toArray();
      if (old.length > 0) await dockerRequests.deleteMany({ _id: { $in: old.map(({ _id }) => _id) } });
      return true;
    }),
  find: (ownerId, id) =>
    run(async ({ dockerRequests }) => {
      const found = await dockerRequests.findOne({ _id: id, ownerId });
      return found && dockerRequestOf(found);
    }),
  findAnyOwner: (id) =>
    run(async ({ dockerRequests }) => {
      const found = await dockerRequests.findOne({ _id: id });
      return found && dockerRequestOf(found);
    }),
  page: (ownerId, page) =>
    run(({ dockerRequests: collection }) =>
      timedPage(
        { collection, where: { ownerId }, order: 'descending', read: dockerRequestOf } as const,
        page,
      ),
    ),
  pageAnyOwner: (page) =>
    run(({ dockerRequests: collection }) =>
      timedPage({ collection, where: {}, order: 'descending', read: dockerRequestOf } as const, page),
    ),
  replace: (request, from) =>
    run(async ({ dockerRequests }) => {
      const { _id, ...document } = dockerRequestDocumentOf(request);
      const { matchedCount } = await dockerRequests.updateOne({ _id, status: from }, { $set: document });
      return matchedCount > 0;
    }),
  ofOwner: (ownerId) =>
    run(async ({ dockerRequests }) =>
      (await dockerRequests.find({ ownerId }).sort({ createdAt: 1, _id: 1 }).toArray()).map(dockerRequestOf),
    ),
  deleteOfOwner: (ownerId) =>
    run(async ({ dockerRequests }) => {
      await dockerRequests.deleteMany({ ownerId });
    }),
});
