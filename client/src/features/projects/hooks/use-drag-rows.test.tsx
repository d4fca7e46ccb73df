import { fireEvent, render, screen } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { useDragRows } from './use-drag-rows';

const ROW_PX = 40;
const ROWS = ['first', 'second', 'third'];

function Rows({ onDrop }: { onDrop: (what: string) => void }) {
  const list = useRef<HTMLUListElement>(null);
  const drag = useDragRows(list, (id, over, part) =>
    id === over ? null : () => onDrop(`${id} ${part} ${over}`),
  );
  return (
    <ul ref={list}>
      {ROWS.map((id) => (
        <li key={id} data-row={id}>
          <span {...drag.handle(id)}>{id}</span>
        </li>
      ))}
    </ul>
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** Drags the third row over the middle of the second, and drops it at `y` before the page has been drawn again. */
function dropThird(y: number): string[] {
  const dropped: string[] = [];
  HTMLElement.prototype.setPointerCapture = () => undefined;
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (this: HTMLElement) {
    return new DOMRect(0, ROWS.indexOf(this.dataset.row ?? '') * ROW_PX, 100, ROW_PX);
  });
  render(<Rows onDrop={(what) => dropped.push(what)} />);
  const handle = screen.getByText('third');
  fireEvent.pointerDown(handle, { button: 0, clientY: 2.5 * ROW_PX });
  fireEvent.pointerMove(handle, { clientY: 1.5 * ROW_PX });
  fireEvent.pointerUp(handle, { clientY: y });
  return dropped;
}

it.each([
  ['where the pointer is', 2, ['third before first']],
  ['nowhere where no row is', 10 * ROW_PX, []],
  ['nowhere where it may not go', 2.5 * ROW_PX, []],
])('drops a row %s', (_what, y, dropped) => {
  expect(dropThird(y)).toEqual(dropped);
});
