import {
  type ActionIconProps,
  type ButtonProps,
  type CheckboxProps,
  createTheme,
  type DrawerProps,
  type InputProps,
  type InputWrapperProps,
  type MantineColorsTuple,
  type MenuProps,
  type ModalProps,
  type MultiSelectProps,
  type NotificationProps,
  type RadioProps,
  type SegmentedControlProps,
  type SelectProps,
  type SwitchProps,
  type TooltipProps,
} from '@mantine/core';

const indigo: MantineColorsTuple = [
  '#f1f2fd',
  '#e3e6fa',
  '#c6cbf4',
  '#a9b0f0',
  '#8b94e8',
  '#6f7ae0',
  '#5b66d6',
  '#4b56c4',
  '#3f49a8',
  '#333b87',
];
const gray: MantineColorsTuple = [
  '#fafafb',
  '#f4f4f6',
  '#ebebee',
  '#e2e2e7',
  '#cdcdd4',
  '#9d9da8',
  '#6b6b76',
  '#53535d',
  '#38383f',
  '#1b1b1f',
];
const dark: MantineColorsTuple = [
  '#ededf0',
  '#c6c6cd',
  '#a2a2ac',
  '#83838e',
  '#3b3b43',
  '#2b2b31',
  '#222227',
  '#161619',
  '#101013',
  '#0b0b0d',
];
const red: MantineColorsTuple = [
  '#fef3f2',
  '#fde4e2',
  '#f9c6c2',
  '#f2a09a',
  '#e9746c',
  '#dc4c43',
  '#cf3a31',
  '#b8291f',
  '#98231b',
  '#7a1f19',
];

const closeButtonProps = { 'aria-label': 'Close' };
const quick = { duration: 120, transition: 'fade' } as const;

/** Types only: a theme that imported the components would load all of them with the first page. */
const defaults = <Props>(defaultProps: Partial<Props>) => ({ defaultProps });

/** What the components look like when nothing else is said. */
const components = {
  ActionIcon: defaults<ActionIconProps>({ variant: 'subtle', color: 'gray', size: 28 }),
  Button: defaults<ButtonProps>({ size: 'sm', fw: 500 }),
  Checkbox: defaults<CheckboxProps>({ size: 'xs', radius: 'xs' }),
  Drawer: defaults<DrawerProps>({ closeButtonProps }),
  Input: defaults<InputProps>({ size: 'md' }),
  InputWrapper: defaults<InputWrapperProps>({ inputWrapperOrder: ['label', 'description', 'input', 'error'], size: 'md' }),
  // Its placeholder for the focus is no menu item; the first item takes the focus instead.
  Menu: defaults<MenuProps>({ transitionProps: quick, offset: 4, withInitialFocusPlaceholder: false }),
  Modal: defaults<ModalProps>({ closeButtonProps }),
  MultiSelect: defaults<MultiSelectProps>({ withScrollArea: false }),
  Notification: defaults<NotificationProps>({ closeButtonProps }),
  Radio: defaults<RadioProps>({ size: 'xs' }),
  SegmentedControl: defaults<SegmentedControlProps>({ withItemsBorders: false, transitionDuration: 120 }),
  Select: defaults<SelectProps>({ withScrollArea: false }),
  Switch: defaults<SwitchProps>({ size: 'xs', withThumbIndicator: false }),
  Tooltip: defaults<TooltipProps>({ openDelay: 250, transitionProps: quick, events: { hover: true, focus: true, touch: true } }),
};

/** The product's look; its colours are in `colours.ts`. */
export const theme = createTheme({
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"Geist Mono Variable", ui-monospace, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'sm',
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 6 },
  black: '#1b1b1f',
  respectReducedMotion: true,
  cursorType: 'pointer',
  colors: { indigo, gray, dark, red },
  components,
});
