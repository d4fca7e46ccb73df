import { describe, expect, it } from 'vitest';
import { parseClock, parseDuration } from './parse';

describe('parseClock', () => {
  it.each([
    ['9', 9, 0],
    ['09', 9, 0],
    ['23', 23, 0],
    ['930', 9, 30],
    ['0930', 9, 30],
    ['1745', 17, 45],
    ['9:30', 9, 30],
    ['09:30', 9, 30],
    ['9.30', 9, 30],
    ['9,30', 9, 30],
    ['9h30', 9, 30],
    ['9.30pm', 21, 30],
    ['9:30 p.m.', 21, 30],
    ['930pm', 21, 30],
    ['9 am', 9, 0],
    ['9a', 9, 0],
    ['12am', 0, 0],
    ['12 PM', 12, 0],
    [' 0:05 ', 0, 5],
  ])('reads %j', (text, hour, minute) => {
    expect(parseClock(text)).toEqual({ hour, minute });
  });

  it.each([
    ['9:30:15', { hour: 9, minute: 30, second: 15 }],
    ['9:30:00', { hour: 9, minute: 30, second: 0 }],
    ['9.30.15', { hour: 9, minute: 30, second: 15 }],
    ['9:30:15 pm', { hour: 21, minute: 30, second: 15 }],
    ['2:40 CET', { hour: 2, minute: 40, zone: 'CET' }],
    ['2:40 am GMT-4', { hour: 2, minute: 40, zone: 'GMT-4' }],
    ['02:40:10 +01:00', { hour: 2, minute: 40, second: 10, zone: '+01:00' }],
  ])('keeps every part of %j', (text, time) => {
    expect(parseClock(text)).toEqual(time);
  });

  it.each([
    '',
    'noon',
    '24',
    '2400',
    '9:60',
    '9:5',
    '13pm',
    '0am',
    '12345',
    '-9',
    '9m',
    '9:30 x',
    '9:30:75',
    'half nine',
  ])('refuses %j', (text) => {
    expect(parseClock(text)).toBeNull();
  });
});

describe('parseDuration', () => {
  it.each([
    ['1h 30m', 5400],
    ['1h30m', 5400],
    ['1h30', 5400],
    ['1 hour 30 minutes', 5400],
    ['90m', 5400],
    ['90 min', 5400],
    ['90', 5400],
    ['1:30', 5400],
    ['1:30:15', 5415],
    ['0:05', 300],
    ['1.5h', 5400],
    ['1,5 h', 5400],
    ['1.5', 5400],
    ['.25', 900],
    ['2h', 7200],
    ['45s', 45],
    ['1h 2m 3s', 3723],
    ['0', 0],
    ['100:00', 360000],
  ])('reads %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'long', '1:60', '1:5', '-5', '1.2.3', 'h', '5x', '99999999999999', '9999999h'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});
