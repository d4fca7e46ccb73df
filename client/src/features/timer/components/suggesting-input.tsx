import { Autocomplete } from '@base-ui/react/autocomplete';
import { useRef, useState, type RefObject } from 'react';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { descriptionStyle, isEnter } from './description-field';
import { useSuggestions, type Suggestion } from '../hooks/use-suggestions';

export interface DescriptionInputProps {
  ref: RefObject<HTMLInputElement | null>;
  value: string;
  onChange: (description: string) => void;
  onFocus: () => void;
  /** The field was left. */
  onBlur: () => void;
  onEnter: () => void;
  /** Escape was pressed, and no list was open that it closes. */
  onEscape: () => void;
  /** Absent while a timer runs: then nothing is suggested. */
  onSuggestion?: (suggestion: Suggestion) => void;
  placeholder: string;
}

/** What am I doing, with earlier entries to choose from. */
export function SuggestingInput({
  ref,
  value,
  onChange,
  onFocus,
  onBlur,
  onEnter,
  onEscape,
  onSuggestion,
  placeholder,
}: DescriptionInputProps) {
  const suggestions = useSuggestions(value);
  const offers = onSuggestion !== undefined && suggestions.length > 0;
  const [open, setOpen] = useState(false);
  const highlighted = useRef(false);

  return (
    <Autocomplete.Root<Suggestion>
      items={suggestions}
      filter={null}
      value={value}
      onValueChange={(next, details) => {
        // Only what is typed: the library also clears its field on Escape.
        if (details.reason === 'input-change') onChange(next);
      }}
      itemToStringValue={(suggestion) => suggestion.description}
      open={open && offers}
      onOpenChange={(next) => setOpen(next && offers)}
      onItemHighlighted={(suggestion) => {
        highlighted.current = suggestion !== undefined;
      }}
      openOnInputClick
    >
      <Autocomplete.Input
        ref={ref}
        aria-label="What are you working on?"
        placeholder={placeholder}
        maxLength={5_000}
        enterKeyHint="go"
        onFocus={onFocus}
        onBlur={() => {
          // What was typed for one timer must not open the list for the next.
          setOpen(false);
          onBlur();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !(open && offers)) onEscape();
          if (!isEnter(event) || highlighted.current) return;
          // The key must not reach what has the focus afterwards.
          event.preventDefault();
          setOpen(false);
          onEnter();
        }}
        className={descriptionStyle}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={8} align="start" collisionPadding={8} className="z-50">
          <Autocomplete.Popup className="w-[min(34rem,calc(100vw-1rem))] popup-motion overflow-hidden rounded-xl border bg-surface shadow-pop">
            <p className="px-4 pt-2.5 text-xs font-medium text-muted-foreground">Continue with</p>
            <Autocomplete.List className="p-1.5">
              {(suggestion: Suggestion) => (
                <Autocomplete.Item
                  key={suggestion.key}
                  value={suggestion}
                  onClick={() => onSuggestion?.(suggestion)}
                  className="flex min-h-9 items-center justify-between gap-4 rounded-lg px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-accent"
                >
                  <span className="truncate">{suggestion.description}</span>
                  <CategoryLabel place={suggestion.place} className="max-w-1/2 shrink-0 text-[0.8125rem]" />
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
