import LimnCommand

Limn.main()
