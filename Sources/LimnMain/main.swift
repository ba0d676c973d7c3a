import LimnCommand

LimnProgram.main()
