/** What German readers see about errors of the API, by their codes. */
export const errors: Readonly<Record<string, string>> = {
  invalid_json: 'Der Server hat die Anfrage nicht verstanden. Laden Sie die Seite neu.',
  invalid_multipart: 'Der Server hat die Datei nicht verstanden. Laden Sie die Seite neu.',
  invalid_query: 'Dieser Link oder Filter ist ungültig. Setzen Sie die Filter zurück.',
  invalid_header: 'Der Server hat die Anfrage nicht verstanden. Laden Sie die Seite neu.',
  invalid_id: 'Dieser Link ist ungültig.',
  invalid_time: 'Diese Zeit ist ungültig.',
  invalid_time_range: 'Das Ende kann nicht vor dem Beginn liegen.',
  invalid_setting: 'Der Server kennt diese Einstellung nicht.',
  invalid_role: 'Diese Rolle können Sie nicht vergeben.',
  invalid_confirmation: 'Das ist nicht der Name des Arbeitsbereichs.',
  already_member: 'Ein Mitglied hat diese Adresse bereits.',
  already_invited:
    'Diese Adresse ist bereits eingeladen. Senden Sie die Einladung noch einmal, oder nehmen Sie sie zurück.',
  invitation_ended: 'Diese Einladung ist nicht mehr gültig. Bitten Sie um eine neue.',
  invitation_for_another:
    'Diese Einladung ist für eine andere Adresse. Melden Sie sich mit dem Konto an, zu dem sie gehört.',
  first_workspace: 'Der erste Arbeitsbereich einer Installation kann nicht gelöscht werden.',
  former_member:
    'Die Person hat den Arbeitsbereich verlassen, deshalb kann der Timer dieses Eintrags nicht laufen.',
  last_owner:
    'Der Arbeitsbereich braucht eine Eigentümerin oder einen Eigentümer. Geben Sie zuerst einem anderen Mitglied diese Rolle.',
  limit_reached: 'Mehr davon kann es nicht geben.',
  report_too_large:
    'Dieser Bericht hat zu viele Gruppen. Wählen Sie einen kürzeren Zeitraum oder weniger Gruppen.',
  invalid_time_zone: 'Der Server kennt diese Zeitzone nicht.',
  invalid_limit: 'Der Server hat die Anfrage nicht verstanden. Laden Sie die Seite neu.',
  invalid_cursor: 'Die Liste hat sich geändert. Laden Sie die Seite neu.',
  invalid_ids: 'Wählen Sie zwischen 1 und 1.000 Einträgen aus.',
  invalid_name: 'Dieser Name ist ungültig.',
  invalid_client_name: 'Dieser Kundenname ist ungültig.',
  invalid_project_name: 'Dieser Projektname ist ungültig.',
  invalid_category_name: 'Dieser Kategoriename ist ungültig.',
  invalid_tag_name: 'Dieser Tag-Name ist ungültig.',
  invalid_description: 'Diese Beschreibung ist ungültig.',
  invalid_color: 'Wählen Sie eine Farbe.',
  invalid_client: 'Diesen Kunden gibt es nicht mehr.',
  invalid_category: 'Diese Kategorie gibt es nicht mehr.',
  invalid_tag: 'Diese Tags können nicht verwendet werden.',
  invalid_parent: 'Diese Kategorie gibt es nicht mehr.',
  cross_project_parent: 'Eine Kategorie bleibt in ihrem Projekt.',
  unknown_format: 'Diese Datei ist kein CSV-Export, den Clockwork lesen kann.',
  invalid_option: 'Diese Importoption ist ungültig.',
  import_failed: 'Nichts wurde importiert, weil einige Zeilen Fehler enthalten.',
  invalid_email: 'Das ist keine E-Mail-Adresse.',
  invalid_password: 'Dieses Passwort geht nicht. Wählen Sie ein längeres, das sich schwer erraten lässt.',
  invalid_code: 'Ein Code hat sechs Ziffern, ein Wiederherstellungscode 16 Buchstaben und Ziffern.',
  invalid_token: 'Dieser Link oder dieses Token ist unvollständig. Kopieren Sie alles.',
  invalid_provider: 'Dieser Link ist ungültig.',
  invalid_path: 'Dieser Link ist ungültig.',
  invalid_scope: 'Wählen Sie aus, was das Token darf.',
  invalid_workspace: 'Sie sind kein Mitglied dieses Arbeitsbereichs.',
  wrong_credentials: 'Die E-Mail-Adresse oder das Passwort ist falsch.',
  code_required: 'Geben Sie den Code Ihrer Authenticator-App ein.',
  wrong_code: 'Dieser Code ist falsch oder wurde schon benutzt.',
  session_required: 'Dafür müssen Sie angemeldet sein. Ein Token reicht nicht.',
  recent_sign_in_required: 'Bestätigen Sie Ihr Passwort, um fortzufahren.',
  token_refused: 'Dieser Link wurde schon benutzt oder ist abgelaufen. Fordern Sie einen neuen an.',
  passwords_disabled: 'Auf diesem Server gibt es keine Passwörter. Melden Sie sich über Single Sign-on an.',
  accounts_disabled: 'Auf diesem Server gibt es keine Konten.',
  already_set_up: 'Dieser Server ist schon eingerichtet. Melden Sie sich an.',
  email_taken: 'Diese E-Mail-Adresse gehört zu einem anderen Konto.',
  sign_on_no_account: 'Sie haben hier kein Konto. Bitten Sie die Verwaltung um eine Einladung.',
  sign_on_not_linked:
    'Zu Ihrer Adresse gibt es ein Konto, aber sie ist nicht auf beiden Seiten bestätigt. Melden Sie sich mit dem Passwort an und verknüpfen Sie die Konten.',
  sign_on_domain: 'Adressen Ihrer Domain dürfen sich hier nicht anmelden.',
  signs_in_elsewhere: 'Ihr Konto meldet sich über Single Sign-on an und hat kein Passwort.',
  no_email: 'Ihr Konto hat keine E-Mail-Adresse.',
  too_many_tokens: 'Mehr Tokens sind nicht möglich. Löschen Sie zuerst eines.',
  second_factor_exists: 'Die Anmeldung in zwei Schritten ist schon eingeschaltet.',
  no_second_factor: 'Die Anmeldung in zwei Schritten ist ausgeschaltet.',
  too_many_attempts:
    'Das waren zu viele falsche Versuche. Warten Sie etwas, und versuchen Sie es dann erneut.',
  sign_on_failed: 'Single Sign-on hat nicht funktioniert. Versuchen Sie es erneut.',
  sign_in_busy: 'Gerade melden sich viele an. Versuchen Sie es erneut.',
  unauthenticated: 'Melden Sie sich an, um fortzufahren.',
  forbidden: 'Dazu fehlt Ihnen in diesem Arbeitsbereich die Berechtigung.',
  cross_site_request:
    'Die Anfrage kam von einer anderen Website, deshalb wurde nichts geändert. Öffnen Sie Clockwork direkt.',
  not_found: 'Das gibt es nicht mehr.',
  method_not_allowed: 'Der Server hat die Anfrage nicht verstanden. Laden Sie die Seite neu.',
  request_timeout: 'Die Anfrage hat zu lange gedauert. Versuchen Sie es noch einmal.',
  client_in_use:
    'Dieser Kunde hat Projekte. Verschieben oder löschen Sie diese zuerst, oder archivieren Sie den Kunden.',
  project_in_use:
    'Dieses Projekt hat Kategorien. Löschen Sie diese zuerst, oder archivieren Sie das Projekt.',
  category_in_use:
    'In dieser Kategorie gibt es Zeiteinträge. Verschieben Sie diese zuerst, oder archivieren Sie die Kategorie.',
  duplicate_client_name: 'Es gibt schon einen Kunden mit diesem Namen.',
  duplicate_category_name: 'Hier gibt es schon eine Kategorie mit diesem Namen.',
  duplicate_tag_name: 'Es gibt schon ein Tag mit diesem Namen.',
  category_cycle: 'Eine Kategorie kann nicht in sich selbst verschoben werden.',
  category_archived:
    'Diese Kategorie ist archiviert. Wählen Sie eine andere, oder stellen Sie sie wieder her.',
  project_archived: 'Dieses Projekt ist archiviert. Wählen Sie ein anderes, oder stellen Sie es wieder her.',
  no_active_timer: 'Es läuft kein Timer. Vielleicht wurde er auf einem anderen Gerät gestoppt.',
  timer_running: 'Ein anderer Timer läuft. Stoppen Sie ihn zuerst.',
  starts_before_running: 'Der laufende Timer hat später begonnen. Ändern Sie zuerst seinen Beginn.',
  entry_running: 'Dieser Eintrag läuft noch. Stoppen Sie ihn zuerst.',
  entry_imported_again: 'Ein Import hat diesen Eintrag bereits wiederhergestellt.',
  import_running: 'Ein anderer Import läuft. Versuchen Sie es danach noch einmal.',
  idempotency_key_reused:
    'Der Server hat die Anfrage kein zweites Mal angenommen. Versuchen Sie es noch einmal.',
  precondition_failed: 'Das wurde inzwischen anderswo geändert.',
  payload_too_large: 'Das ist zu groß für den Server.',
  misdirected_request:
    'Der Server ist unter einer anderen Adresse veröffentlicht. Informieren Sie die Administration.',
  rate_limited: 'Zu viele Anfragen. Warten Sie einen Moment, und versuchen Sie es noch einmal.',
  unavailable: 'Der Server ist gerade nicht verfügbar.',
  internal_error: 'Auf dem Server ist etwas schiefgegangen.',
};

/** By the code of a field. */
export const fields: Readonly<Record<string, string>> = {
  empty: 'Bitte ausfüllen.',
  required: 'Bitte ausfüllen.',
  too_long: 'Das ist zu lang.',
  control_characters: 'Das enthält Zeichen, die sich nicht darstellen lassen.',
  not_found: 'Das gibt es nicht mehr.',
};

/** By the code of the error and the field. */
export const fieldsOfErrors: Readonly<Record<string, string>> = {
  'invalid_time startedAt':
    'Solange der Timer läuft, kann der Beginn nicht in der Zukunft liegen, und nie vor 1970.',
  'invalid_time_range stoppedAt': 'Das Ende kann nicht vor dem Beginn liegen.',
  'invalid_time at': 'Wählen Sie eine Zeit zwischen Beginn und Ende.',
  'invalid_tag tagIds': 'Eines dieser Tags gibt es nicht mehr, oder es sind zu viele.',
  'invalid_category categoryId': 'Diese Kategorie gibt es nicht mehr. Wählen Sie eine andere.',
};

/** About rows of an import, by the code of the problem. */
export const problems: Readonly<Record<string, string>> = {
  required: 'Hier steht nichts. Jeder Eintrag braucht einen Wert.',
  too_long: 'Das ist zu lang.',
  control_characters: 'Das enthält Zeichen, die sich nicht darstellen lassen.',
  invalid_format: 'Das hat nicht die erwartete Form.',
  wrong_cell_count: 'Diese Zeile hat mehr oder weniger Zellen als die Kopfzeile.',
  invalid_date: 'Das ist kein Datum, oder keines im Datumsformat der Datei.',
  invalid_time: 'Das ist keine Uhrzeit.',
  invalid_duration: 'Das ist keine Dauer.',
  invalid_billable: 'Das ist weder Ja noch Nein. Es gilt die Vorgabe des Projekts.',
  stop_before_start: 'Der Eintrag endet vor seinem Beginn.',
  out_of_range: 'Zeiten vor 1970 oder nach 2099 werden nicht angenommen.',
  duration_differs: 'Die Dauer weicht von Beginn und Ende ab. Beginn und Ende gelten.',
  nonexistent_time: 'Die Uhren überspringen diese Zeit an diesem Tag. Es gilt die Zeit eine Stunde später.',
  ambiguous_time: 'Diese Zeit gibt es an diesem Tag zweimal. Es gilt die, die zur Zeile passt.',
  running_entry: 'Dieser Eintrag läuft noch.',
  no_project: 'Einträge ohne Projekt kommen in ein eigenes Projekt.',
  archived_project: 'Diese Einträge gehören zu einem archivierten Projekt.',
  archived_category: 'Diese Einträge gehören zu einer archivierten Kategorie.',
  ignored_column: 'Diese Spalte wird nicht importiert.',
};
