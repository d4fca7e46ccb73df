import type { components } from './schema.gen';

export type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type UpdateMe = Schemas['UpdateMe'];
export type Client = Schemas['Client'];
export type Project = Schemas['Project'];
export type Category = Schemas['Category'];
export type Tag = Schemas['Tag'];
export type Entry = Schemas['TimeEntry'];
export type Overlap = Schemas['Overlap'];
export type StartTimer = Schemas['StartTimer'];
export type CreateEntry = Schemas['CreateEntry'];
export type UpdateEntry = Schemas['UpdateEntry'];
export type BulkChanges = Schemas['BulkEditChanges'];
export type CreateProject = Schemas['CreateProject'];
export type UpdateProject = Schemas['UpdateProject'];
export type BulkCreateCategories = Schemas['BulkCreateCategories'];
export type CreateCategory = Schemas['CreateCategory'];
export type UpdateCategory = Schemas['UpdateCategory'];
export type UpdateClient = Schemas['UpdateClient'];
export type UpdateTag = Schemas['UpdateTag'];
export type ErrorBody = Schemas['Error'];
export type ImportAccount = Schemas['ImportReport'];
export type ImportProblem = Schemas['ImportProblem'];
export type Change = Schemas['Change'];
