DROP FUNCTION fold_name(text);
DROP FUNCTION lower_unicode(text);
