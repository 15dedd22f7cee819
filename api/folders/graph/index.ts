import './context.ts';
import './createFolder.ts';
import './deleteFolder.ts';
import './folder.ts';
import './folderChange.ts';
import './folderChanged.ts';
import './folders.ts';
import './updateFolder.ts';
