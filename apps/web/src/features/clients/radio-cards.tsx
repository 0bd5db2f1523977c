import { Radio } from '@mantine/core';

interface Option<T extends string> {
  readonly value: T | 'service_to_service';
  readonly title: string;
  readonly text: string;
  /** What is not to be had yet says so, and cannot be chosen. */
  readonly badge?: string;
}

interface Props<T extends string> {
  readonly label: string;
  /** The section's title says the same to the eye. */
  readonly hidden?: boolean;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly Option<T>[];
}

/** A choice of two, each with a line of explanation. */
export function RadioCards<T extends string>({ label, hidden = false, value, onChange, options }: Props<T>) {
  return (
    <Radio.Group label={hidden ? undefined : label} aria-label={hidden ? label : undefined} value={value} onChange={(next) => onChange(next as T)}>
      <div className="b-radio-cards">
        {options.map((option) => (
          <Radio.Card
            key={option.value}
            value={option.value}
            className="b-radio-card"
            aria-label={option.title}
            aria-description={option.badge ? `${option.text} ${option.badge}` : option.text}
            disabled={option.badge !== undefined}
            data-disabled={option.badge !== undefined || undefined}
            tabIndex={option.badge === undefined ? undefined : -1}
          >
            <span className="b-radio-card-inner">
              <Radio.Indicator size="xs" disabled={option.badge !== undefined} />
              <span>
                <span className="b-radio-card-title">{option.title}</span>
                <span className="b-radio-card-text" style={{ display: 'block' }}>
                  {option.text} {option.badge && <span className="b-badge">{option.badge}</span>}
                </span>
              </span>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
