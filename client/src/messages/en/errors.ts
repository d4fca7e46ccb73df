/**
 * What people read about errors of the API: by their codes, which are stable, and not by the server's own sentences, which are
 * English and written for programmers. A code that is missing here is of a newer server: then its sentence is shown.
 */

/** By the code of the error. */
export const errors: Readonly<Record<string, string>> = {
  invalid_json: "The server didn't understand the request. Reload the page.",
  invalid_multipart: "The server didn't understand the upload. Reload the page.",
  invalid_query: "This link or filter isn't valid. Clear the filters.",
  invalid_header: "The server didn't understand the request. Reload the page.",
  invalid_id: "This link isn't valid.",
  invalid_time: "This time isn't valid.",
  invalid_time_range: "The end can't be before the start.",
  invalid_setting: 'The server does not know this setting.',
  invalid_time_zone: 'The server does not know this time zone.',
  invalid_limit: "The server didn't understand the request. Reload the page.",
  invalid_cursor: 'The list has changed. Reload the page.',
  invalid_ids: 'Select between 1 and 1,000 entries.',
  invalid_name: "This name isn't valid.",
  invalid_client_name: "This client name isn't valid.",
  invalid_project_name: "This project name isn't valid.",
  invalid_category_name: "This category name isn't valid.",
  invalid_tag_name: "This tag name isn't valid.",
  invalid_description: "This description isn't valid.",
  invalid_color: 'Pick a colour.',
  invalid_client: 'This client no longer exists.',
  invalid_category: 'This category no longer exists.',
  invalid_tag: "These tags can't be used.",
  invalid_parent: 'This category no longer exists.',
  cross_project_parent: 'A category stays in its project.',
  unknown_format: "This file isn't a CSV export that Clockwork can read.",
  invalid_option: "This import option isn't valid.",
  import_failed: 'Nothing was imported, because some rows have errors.',
  unauthenticated: 'Sign in to continue.',
  forbidden: "You don't have permission to do this in this workspace.",
  cross_site_request: 'The request came from another site, so nothing was changed. Open Clockwork directly.',
  not_found: 'This no longer exists.',
  method_not_allowed: "The server didn't understand the request. Reload the page.",
  request_timeout: 'The request took too long. Try again.',
  client_in_use: 'This client has projects. Move or delete them first, or archive the client.',
  project_in_use: 'This project has categories. Delete them first, or archive the project.',
  category_in_use: 'This category has time entries. Move them first, or archive the category.',
  duplicate_client_name: 'There is already a client with this name.',
  duplicate_category_name: 'There is already a category with this name here.',
  duplicate_tag_name: 'There is already a tag with this name.',
  category_cycle: "A category can't be moved into itself.",
  category_archived: 'This category is archived. Pick another one, or restore it.',
  project_archived: 'This project is archived. Pick another one, or restore it.',
  no_active_timer: 'No timer is running. It may have been stopped on another device.',
  timer_running: 'Another timer is running. Stop it first.',
  starts_before_running: 'The running timer started later than that. Change its start first.',
  entry_running: 'This entry is still running. Stop it first.',
  entry_imported_again: 'An import has restored this entry already.',
  import_running: 'Another import is running. Try again when it is done.',
  idempotency_key_reused: "The server didn't accept the request twice. Try again.",
  precondition_failed: 'This was changed elsewhere.',
  payload_too_large: 'This is too large for the server.',
  misdirected_request: 'The server is published under another address. Tell its administrator.',
  rate_limited: 'Too many requests. Wait a moment and try again.',
  unavailable: "The server isn't available at the moment.",
  internal_error: 'Something went wrong on the server.',
};

/** By the code of a field. */
export const fields: Readonly<Record<string, string>> = {
  empty: 'Fill this in.',
  required: 'Fill this in.',
  too_long: 'This is too long.',
  control_characters: "This contains characters that can't be shown.",
  not_found: 'This no longer exists.',
};

/** By the code of the error and the field, where that says more than either. */
export const fieldsOfErrors: Readonly<Record<string, string>> = {
  'invalid_time startedAt': "A start can't be in the future while the timer runs, nor before 1970.",
  'invalid_time_range stoppedAt': "The end can't be before the start.",
  'invalid_time at': 'Choose a time between the start and the end.',
  'invalid_tag tagIds': 'One of these tags no longer exists, or there are too many.',
  'invalid_category categoryId': 'This category no longer exists. Pick another one.',
};
