# The settings of this course. nbgrader reads them from the folder in which its commands are run.
c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "tilted-boundary"
c.Execute.timeout = 300  # seconds for one cell of a student
c.Execute.startup_timeout = 300  # seconds for Python to start

# For `nbgrader zip_collect`: <student>_<set>.ipynb, or <student>_..._<set>.ipynb.
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[^/_]+)_(?:[^/]*_)?(?P<file_id>[^/_]+)\.ipynb$"
)
