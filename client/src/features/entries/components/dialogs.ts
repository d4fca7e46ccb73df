/** What the list of entries opens; loaded after it. */
export { BulkEditDialog } from './bulk-edit-dialog';
export { EntryEditor } from './entry-editor';
export { SplitDialog } from './split-dialog';
