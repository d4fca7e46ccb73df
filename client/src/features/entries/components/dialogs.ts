/** What the list of entries opens; loaded after it. */
import '@/hooks/kept-dialog';

export { BulkEditDialog } from './bulk-edit-dialog';
export { EntryEditor } from '@/entities/entry/entry-editor';
export { SplitDialog } from '@/entities/entry/split-dialog';
