"""The authorizer of `$connect`: who opens this socket?"""

from teahouse.edge.authorizer import authorize

lambda_handler = authorize
