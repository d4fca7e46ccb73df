import { Fragment, type ReactNode } from 'react';

/** A message with elements in it: `{name}` is replaced by the element of that name. */
export function fill(message: string, elements: Readonly<Record<string, ReactNode>>): ReactNode {
  return message
    .split(/\{(\w+)\}/)
    .map((part, index) => <Fragment key={index}>{index % 2 === 0 ? part : elements[part]}</Fragment>);
}
