/** German messages of clients, projects, categories and tags. */
import type { structure as english } from '../en/structure';
import { counter } from '../plural';

const n = counter('de');

export const structure: typeof english = {
  clients: {
    notFound: 'Kunde nicht gefunden',
    notFoundHint: 'Vielleicht wurde er gelöscht.',
    all: 'Alle Kunden',
    isArchived: 'Dieser Kunde ist archiviert.',
    title: 'Kunden',
    loading: 'Kunden werden geladen',
    newLabel: 'Name des neuen Kunden',
    new: 'Neuer Kunde',
    none: 'Noch keine Kunden',
    noneHint: 'Kunden sind Ihre Auftraggeber. Legen Sie einen an, und ordnen Sie ihn einem Projekt zu.',
    projects: (count) => n(count, { one: '# Projekt', other: '# Projekte' }),
    archived: 'archiviert',
    deleteHint: 'Das lässt sich nicht rückgängig machen. Löschen lässt sich nur ein Kunde ohne Projekte.',
  },
  tags: {
    title: 'Tags',
    loading: 'Tags werden geladen',
    newLabel: 'Name des neuen Tags',
    new: 'Neues Tag',
    none: 'Noch keine Tags',
    noneHint:
      'Tags gelten für alle Projekte: Besprechung, vor Ort, Überstunden. Sie lassen sich auch beim Erfassen anlegen.',
    deleteHint: 'Das Tag wird aus allen Einträgen entfernt. Das lässt sich nicht rückgängig machen.',
  },
  may: {
    noProjects: 'Projekte legt die Leitung des Arbeitsbereichs an.',
    noCategories: 'Kategorien legt die Leitung des Arbeitsbereichs an.',
    noClients: 'Kunden legt die Leitung des Arbeitsbereichs an.',
    noTags: 'Tags legen die Mitglieder des Arbeitsbereichs an.',
    nothingOwn: 'Sie erfassen hier keine Zeit',
    nothingOwnHint: 'In diesem Arbeitsbereich sehen Sie die Zeit der anderen.',
    seeAll: 'Einträge aller ansehen',
    seeReports: 'Berichte ansehen',
  },
  usage: {
    never: 'Noch unbenutzt',
    lastUsed: (day) => `Zuletzt benutzt: ${day}`,
    entriesOf: (name, count) => n(count, { one: `# Eintrag zu ${name}`, other: `# Einträge zu ${name}` }),
  },
  names: {
    add: 'Hinzufügen',
    delete: 'Löschen',
  },
  projectMembers: {
    title: 'Mitglieder',
    private: 'Privat',
    privateHint:
      'Nur seine Mitglieder sehen es und erfassen dort Zeit, und alle, deren Rolle jedes Projekt sieht.',
    add: 'Mitglied hinzufügen',
    lead: 'Leitet',
    leadOf: (name) => `${name} leitet dieses Projekt`,
    leadHint: 'Wer ein Projekt leitet, sieht und ändert darin die Zeit aller.',
    remove: (name) => `${name} aus dem Projekt nehmen`,
  },
  projects: {
    title: 'Projekte',
    which: 'Welche Projekte',
    active: 'Aktiv',
    archived: 'Archiviert',
    loading: 'Projekte werden geladen',
    new: 'Neues Projekt',
    none: 'Noch keine Projekte',
    noneArchived: 'Keine archivierten Projekte',
    noneHint:
      'Ein Projekt enthält einen Baum aus Kategorien, und in Kategorien wird Zeit erfasst: Website / Design / Logo.',
    noneArchivedHint: 'Archivierte Projekte behalten ihre Zeiten, sind aber nicht mehr wählbar.',
    categories: (count) => n(count, { one: '# Kategorie', other: '# Kategorien' }),
    billable: 'abrechenbar',
    restored: (name) => `${name} wiederhergestellt`,
    archivedNow: (name) => `${name} archiviert`,
    deleted: (name) => `${name} gelöscht`,
    delete: 'Projekt löschen',
    deleteHint: (count) =>
      count === 0
        ? 'Das lässt sich nicht rückgängig machen.'
        : `${n(count, { one: 'Die Kategorie darin wird mit gelöscht.', other: 'Die # Kategorien darin werden mit gelöscht.' })} Das lässt sich nicht rückgängig machen.`,
    deleteUsed: (count) =>
      n(count, {
        one: 'Darin liegt # Eintrag von Ihnen, deshalb ist Löschen nicht möglich. Archivieren Sie das Projekt, oder verschieben Sie erst den Eintrag.',
        other:
          'Darin liegen # Einträge von Ihnen, deshalb ist Löschen nicht möglich. Archivieren Sie das Projekt, oder verschieben Sie erst die Einträge.',
      }),
    tabs: 'Bereiche des Projekts',
    entries: 'Einträge',
    settings: 'Einstellungen',
    money: 'Geld',
    noEntries: 'Noch keine Einträge',
    noEntriesHint: 'Zeit, die Sie in diesem Projekt erfassen, steht hier.',
    allEntries: 'In der Liste der Einträge zeigen',
    total: (count) => n(count, { one: '# Eintrag', other: '# Einträge' }),
    saved: 'Projekt gespeichert',
    archive: 'Projekt archivieren',
    restore: 'Projekt wiederherstellen',
    archiveHint: 'Ein archiviertes Projekt behält seine Zeit, lässt sich aber nicht mehr wählen.',
    loadingOne: 'Projekt wird geladen',
    notFound: 'Projekt nicht gefunden',
    notFoundHint: 'Vielleicht wurde es gelöscht, oder der Link ist unvollständig.',
    all: 'Alle Projekte',
    sections: 'Projekte, Kunden und Tags',
    billableDefault: 'Standardmäßig abrechenbar',
    notBillableDefault: 'Standardmäßig nicht abrechenbar',
    isArchived: 'Dieses Projekt ist archiviert und deshalb nicht wählbar.',
    showArchived: (count) => `Archivierte anzeigen (${count})`,
    edit: 'Projekt bearbeiten',
    create: 'Projekt anlegen',
    client: 'Kunde',
    noClient: 'Kein Kunde',
    newClient: 'Neuer Kunde …',
    newClientName: 'Name des neuen Kunden',
    billableHint: 'Neue Einträge in diesem Projekt sind standardmäßig abrechenbar.',
  },
  categories: {
    title: 'Kategorien',
    new: 'Neue Kategorie',
    newIn: (parent) => `Neue Kategorie in ${parent}`,
    edit: 'Kategorie bearbeiten',
    create: 'Kategorie anlegen',
    none: 'Noch keine Kategorien',
    noneHint:
      'Zeit wird in Kategorien erfasst. Sie können weitere enthalten: Design, und darin Logo und Layout.',
    projectColour: 'Wie das Projekt',
    level: (level, name) => `Ebene ${level}: ${name}`,
    addInside: 'Unterkategorie hinzufügen',
    addInsideLong: (name) => `Unterkategorie zu ${name} hinzufügen`,
    moveMore: 'Verschieben …',
    moved: (name) => `${name} verschoben`,
    notMoved: (name) => `${name} wurde nicht verschoben`,
    deleted: (name) => `${name} gelöscht`,
    delete: 'Kategorie löschen',
    deleteHint:
      'Unterkategorien rücken eine Ebene nach oben. Löschen lässt sich nur eine Kategorie ohne Zeiteinträge.',
    deleteLeaf: 'Das lässt sich nicht rückgängig machen.',
    deleteUsed: (count) =>
      n(count, {
        one: 'Darin liegt # Eintrag von Ihnen, deshalb ist Löschen nicht möglich. Archivieren Sie die Kategorie, oder verschieben Sie erst den Eintrag.',
        other:
          'Darin liegen # Einträge von Ihnen, deshalb ist Löschen nicht möglich. Archivieren Sie die Kategorie, oder verschieben Sie erst die Einträge.',
      }),
    deleteBelow: (count) =>
      n(count, {
        one: 'Auch die # Kategorie darunter löschen',
        other: 'Auch die # Kategorien darunter löschen',
      }),
    several: 'Mehrere anlegen',
    names: 'Namen, einer pro Zeile',
    namesHint: 'Jede Zeile wird eine Kategorie.',
    createSeveral: (count) => n(count, { one: '# Kategorie anlegen', other: '# Kategorien anlegen' }),
    refused: (name, reason) => `„${name}“: ${reason}`,
    someMade: (count) =>
      n(count, {
        one: '# Kategorie ist angelegt. Die übrigen stehen noch hier.',
        other: '# Kategorien sind angelegt. Die übrigen stehen noch hier.',
      }),
    expand: (name) => `Zeigen, was unter ${name} liegt`,
    collapse: (name) => `Verbergen, was unter ${name} liegt`,
    expandAll: 'Alle aufklappen',
    collapseAll: 'Alle zuklappen',
    moveUp: 'Nach oben',
    moveDown: 'Nach unten',
    drag: (name) => `${name} ziehen`,
    keysHint:
      'Ziehen Sie eine Kategorie am Griff, oder bewegen Sie sie mit {keys}: nach oben, nach unten, eine Ebene tiefer oder höher.',
    topOf: (project) => `Oberste Ebene von ${project}`,
    place: 'Ort',
    move: 'Verschieben',
    moveTitle: (name) => `${name} verschieben`,
    moveHint: 'Unterkategorien kommen mit.',
    moveTo: 'Ziel',
  },
};
