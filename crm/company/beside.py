from crm.access.beside import Beside
from crm.company.selectors import KEY, company_row, from_row

COMPANY = Beside(KEY, company_row, from_row)
