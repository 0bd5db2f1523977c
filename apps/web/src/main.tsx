import '@fontsource-variable/geist-mono';
import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.js';
import './ui/base.css';
import './ui/controls.css';
import { keepFocus } from './ui/focus.js';

keepFocus();
const root = createRoot(document.getElementById('root')!);

// A segmented control measures its labels: the fonts come first, or it measures another one.
const fonts = ['400', '500', '600'].map((weight) => document.fonts.load(`${weight} 14px "Inter Variable"`));
void Promise.allSettled(fonts).then(() =>
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
