import { ConnectionHandler, ROOT_ID } from 'relay-runtime';

/** The connection of `FolderList`. */
export const foldersId = (): string => ConnectionHandler.getConnectionID(ROOT_ID, 'FolderList_folders');
