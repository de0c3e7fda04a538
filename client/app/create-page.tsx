import { Show } from 'solid-js';
import { BottomSheet } from './lazy-parts.ts';
import { type FormProps, GenerateForm } from '../generate/generate-form.tsx';
