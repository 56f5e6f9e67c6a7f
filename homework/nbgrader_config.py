# The settings of this course. nbgrader reads them from the folder in which its commands are run.
c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "tilted-boundary"
c.Execute.timeout = 300  # seconds for one cell of a student
