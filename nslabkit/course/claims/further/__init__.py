"""Claims of the lessons beyond the chapter, one module a lesson."""
