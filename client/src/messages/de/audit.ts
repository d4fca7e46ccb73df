/** German messages of the audit log, and of the end of a workspace. */
import type { audit as englishAudit, deleteWorkspace as englishDelete } from '../en/audit';
import { counter } from '../plural';

const n = counter('de');

export const audit: typeof englishAudit = {
  title: 'Protokoll',
  hint: 'Änderungen daran, wer in diesem Arbeitsbereich was darf. Zeilen lassen sich weder ändern noch löschen.',
  notYours: 'Das Protokoll lesen Mitglieder mit der Rolle „Eigentum“ oder „Administration“.',
  loading: 'Protokoll wird geladen',
  filter: 'Protokoll filtern',
  by: 'Wer',
  everyone: 'Alle',
  what: 'Was',
  everything: 'Alles',
  export: 'Als CSV exportieren',
  notExported: 'Das Protokoll konnte nicht exportiert werden',
  noneHint: 'Hier stehen Änderungen an Mitgliedern, Rollen, Einladungen und privaten Projekten.',
  noneFoundHint: 'Zu diesen Filtern passt keine Zeile.',
  someone: 'ein früheres Mitglied',
  unknownProject: 'ein gelöschtes Projekt',
  noRole: 'keine',
  server: 'Der Server',
  command: 'Ein Befehl auf dem Server',
  byToken: '(mit API-Token)',
  from: (address) => `von ${address}`,
  actions: {
    'membership.role_changed': 'Rolle geändert',
    'membership.ended': 'Mitglied entfernt oder ausgetreten',
    'membership.placeholder_claimed': 'Platzhalter zugeordnet',
    'membership.placeholder_moved': 'Einträge eines Platzhalters übergeben',
    'workspace.placeholders_made': 'Platzhalter durch einen Import angelegt',
    'invitation.created': 'Einladung verschickt',
    'invitation.sent_again': 'Einladung erneut verschickt',
    'invitation.revoked': 'Einladung zurückgezogen',
    'invitation.accepted': 'Einladung angenommen',
    'project.privacy_changed': 'Projekt privat oder offen gemacht',
    'project.member_changed': 'Projektmitglied aufgenommen oder geändert',
    'project.member_removed': 'Projektmitglied entfernt',
    'report_link.created': 'Link zu einem Bericht erstellt',
    'report_link.revoked': 'Link zu einem Bericht widerrufen',
    'workspace.created': 'Arbeitsbereich angelegt',
    'workspace.changed': 'Arbeitsbereich geändert',
  },
  did: {
    roleChanged: (name, before, after) =>
      `hat die Rolle von ${name} geändert: bisher ${before}, jetzt ${after}`,
    left: (role) => `hat den Arbeitsbereich verlassen (Rolle: ${role})`,
    removed: (name, role) => `hat ${name} entfernt (Rolle: ${role})`,
    placeholderClaimed: (name) => `hat einen Platzhalter ${name} zugeordnet`,
    placeholderMoved: (name, count) =>
      `hat ${name} ${n(count, { one: '# Eintrag', other: '# Einträge' })} eines Platzhalters gegeben`,
    placeholdersMade: (count) =>
      `hat durch einen Import ${n(count, { one: '# Platzhalter', other: '# Platzhalter' })} angelegt`,
    invited: (role) => `hat jemanden eingeladen (Rolle: ${role})`,
    invitedAgain: (role) => `hat eine Einladung erneut verschickt (Rolle: ${role})`,
    invitationRevoked: (role) => `hat eine Einladung zurückgezogen (Rolle: ${role})`,
    joined: (role) => `ist mit einer Einladung beigetreten (Rolle: ${role})`,
    madePrivate: (project) => `hat ${project} privat gemacht`,
    madeOpen: (project) => `hat ${project} für alle Mitglieder geöffnet`,
    ledProject: (name, project) => `hat ${name} die Leitung von ${project} gegeben`,
    addedToProject: (name, project) => `hat ${name} in ${project} aufgenommen`,
    removedFromProject: (name, project) => `hat ${name} aus ${project} genommen`,
    linkMade: 'hat einen Link zu einem Bericht erstellt',
    linkRevoked: 'hat einen Link zu einem Bericht widerrufen',
    workspaceMade: 'hat den Arbeitsbereich angelegt',
    workspaceRenamed: 'hat den Arbeitsbereich umbenannt',
    zoneChanged: 'hat die Zeitzone des Arbeitsbereichs geändert',
    workspaceChanged: 'hat Namen und Zeitzone des Arbeitsbereichs geändert',
    other: (action) => `hat etwas getan, wofür die Seite noch keine Worte hat (${action})`,
  },
};

export const deleteWorkspace: typeof englishDelete = {
  title: 'Arbeitsbereich löschen',
  hint: 'Projekte, Einträge und Berichte aller Mitglieder gehen verloren.',
  more: 'Löschen …',
  question: (name) => `${name} löschen?`,
  lost: 'Alle Projekte, Kunden, Tags, Einträge, Sätze und Berichte aller Mitglieder werden innerhalb von Minuten gelöscht. Laufende Timer halten an. Die Konten der Mitglieder bleiben. Das lässt sich nicht rückgängig machen: Exportieren Sie vorher, was Sie noch brauchen.',
  name: 'Geben Sie den Namen des Arbeitsbereichs ein',
  submit: 'Arbeitsbereich löschen',
  done: (name) => `${name} gelöscht`,
};
