from xingke.casework import urls_common

app_name = "casework"
urlpatterns = [*urls_common.urlpatterns]
