-- refused by: adding-foreign-key-constraint
ALTER TABLE time_entries ADD CONSTRAINT time_entries_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id);
