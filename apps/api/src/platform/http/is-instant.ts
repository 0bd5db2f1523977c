import { ValidateBy } from 'class-validator';

const DAY_LENGTH = '2026-11-26'.length;
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day, or an instant with its offset, as ISO 8601 writes them. */
export const IsInstant = () =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) =>
        typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)) && isDay(value.slice(0, DAY_LENGTH)),
      defaultMessage: () => 'must be an ISO 8601 date or instant',
    },
  });

/** Whether some calendar has the day: `Date` takes 30 February for 2 March. */
function isDay(day: string): boolean {
  return new Date(day).toISOString().startsWith(day);
}
