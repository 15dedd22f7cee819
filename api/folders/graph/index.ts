import './context.ts';
import './createFolder.ts';
import './deleteFolder.ts';
import './folder.ts';
import './folders.ts';
import './updateFolder.ts';
