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
  const name = hidden ? { 'aria-label': label } : { label };
  return (
    <Radio.Group {...name} value={value} onChange={(next) => onChange(next)}>
      <div className="b-radio-cards">
        {options.map((option) => (
          <RadioCard key={option.value} option={option} />
        ))}
      </div>
    </Radio.Group>
  );
}

function RadioCard<T extends string>({ option: { value, title, text, badge } }: { option: Option<T> }) {
  const disabled = badge !== undefined;
  return (
    <Radio.Card
      value={value}
      className="b-radio-card"
      aria-label={title}
      aria-description={badge ? `${text} ${badge}` : text}
      disabled={disabled}
      data-disabled={disabled || undefined}
      tabIndex={disabled ? -1 : undefined}
    >
      <Radio.Indicator size="xs" disabled={disabled} />
      <span>
        <span className="b-radio-card-title">{title}</span>
        <span className="b-radio-card-text">
          {text} {badge && <span className="b-badge">{badge}</span>}
        </span>
      </span>
    </Radio.Card>
  );
}
