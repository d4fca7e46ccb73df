import { expect, it } from 'vitest';
import { readZone } from './me';

it.each(['Europe/Berlin', 'UTC', 'Asia/Kathmandu'])('%s is a zone', (zone) => {
  expect(readZone(zone)).toBeTruthy();
});

it.each([undefined, 'Etc/Unknown', 'Foo/Bar', ''])('%j is none', (zone) => {
  expect(readZone(zone)).toBeNull();
});
