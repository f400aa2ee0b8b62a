# The project's commands.  `make` prints this list.

# The language of the lessons that `make lab` opens, and of JupyterLab: en or zh; empty: as the
# system's locale says.
LANG_UI =
# "no" means: install no system packages.
SYSTEM = yes
# The folder for the learner's copies of the lessons.
DIR = nslabkit-lessons
# Which system packages `make system` checks: lab (to use the kit), test (to test it).
SETS = lab test
# Which of the tests' suites to run, such as "net capture"; empty: all.
SUITES =
# How many seconds `make fuzz` spends on each target.
FUZZ = 600
# The account on GitHub that has the repository, for `make owner`.
OWNER =
# Name another python3 (3.11 or newer) here if the right one is not found.
PYTHON =

export SYSTEM PYTHON
ifneq ($(LANG_UI),)
export NSLAB_LANG = $(if $(filter zh,$(LANG_UI)),zh_CN,en)
endif
# Not empty where nslabkit/base/language.py speaks Chinese.
CHINESE = $(filter zh% ZH%,$(or $(NSLAB_LANG),$(LC_ALL),$(LC_MESSAGES),$(LANG)))
BIN = .venv/bin
RUN = $(BIN)/python

.DEFAULT_GOAL = help
.PHONY: help lab test test-all test-long test-floor test-newest fuzz setup setup-dev system check \
	format frontend notebooks messages docs lock bench build release owner clean uninstall

help:  ## this list  ## 显示这张表
	@echo "$(if $(CHINESE),用法：make 目标。目标可以是：,make WHAT, where WHAT is one of:)"
	@awk -F '  ## ' '/^[a-z-]+:.*  ## / { sub(/:.*/, "", $$1); \
		printf "  %-12s %s\n", $$1, $$$(if $(CHINESE),3,2) }' Makefile

lab: setup  ## open the lessons in JupyterLab; LANG_UI=zh for Chinese; stop it with Ctrl+C  ## 在 JupyterLab 里打开课程；LANG_UI=zh 为中文；按 Ctrl+C 结束
	@exec $(BIN)/nslabkit lab $(DIR) $(if $(LANG_UI),--lang $(LANG_UI))

test: setup-dev  ## run the tests, without the long journeys (about 8 minutes)  ## 运行测试，不含耗时的全程测试（约 8 分钟）
	@$(RUN) tools/test.py $(SUITES)

test-all: setup-dev  ## run the journeys, too, as CI does: the whole course in a browser  ## 和 CI 一样，连全程测试一起运行：在浏览器里走完整门课程
	@$(RUN) tools/test.py --all $(SUITES)

test-long: setup-dev  ## run the long tests: repeated leak runs, large labs, a machine with AppArmor  ## 运行耗时的测试：反复查泄漏、大型网络、带 AppArmor 的机器
	@tools/system.sh lab test long
	@$(RUN) tools/test.py --long $(SUITES)

fuzz: setup-dev  ## feed hostile input, led by what it covers, for FUZZ seconds to each target  ## 喂入恶意的输入，以代码覆盖为导向，每个对象 FUZZ 秒
	@$(BIN)/pip install --quiet --constraint constraints.txt atheris
	@for target in capture netlink progress names mounts; do \
		$(RUN) tests/fuzz/cover.py $$target $(FUZZ) || exit 1; done

test-floor: setup-dev  ## run the quick tests with the oldest versions that pyproject.toml allows  ## 用 pyproject.toml 允许的最旧版本运行快速测试
	@tools/test-versions.sh lowest-direct

test-newest: setup-dev  ## run the quick tests with the newest versions available  ## 用现有的最新版本运行快速测试
	@tools/test-versions.sh highest

setup:  ## set up the environment .venv; does nothing if it is complete  ## 准备环境 .venv；已经齐全就什么也不做
	@tools/system.sh lab
	@tools/setup.sh use

setup-dev:
	@tools/system.sh lab test
	@tools/setup.sh dev

system:  ## install missing system packages (SETS=lab leaves out those for the tests)  ## 安装缺少的系统软件包（SETS=lab 不装测试用的）
	@tools/system.sh $(SETS) && \
		echo "$(if $(CHINESE),系统软件包齐全：,No system package is missing for:) $(SETS)"

check: setup-dev  ## check style, types, spelling, and that generated files are up to date  ## 检查风格、类型、拼写，以及生成的文件是否最新
	@$(RUN) tools/check.py

format: setup-dev  ## format the Python files  ## 整理 Python 文件的格式
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

notebooks: setup-dev  ## generate notebooks/en and notebooks/zh from notebooks/source, and the glossary  ## 由 notebooks/source 生成 notebooks/en、notebooks/zh 和术语表
	@$(RUN) tools/notebooks.py
	@$(RUN) tools/glossary.py

frontend: setup-dev  ## generate the widgets' modules from frontend/  ## 由 frontend/ 生成各个组件的模块
	@$(RUN) tools/frontend.py

messages: setup-dev  ## update the Chinese catalogue with the kit's messages, and compile it  ## 按代码更新中文消息目录，并编译
	@$(RUN) tools/messages.py update

docs: setup-dev  ## build the course as a site in two languages, to read without running it  ## 把课程做成两种语言的网站，不运行也能读
	@$(RUN) tools/docs_site.py

lock: setup-dev  ## update the locked versions: uv.lock and constraints.txt  ## 更新锁定的版本：uv.lock 和 constraints.txt
	@tools/lock.sh --upgrade

bench: setup-dev  ## run the benchmarks, side by side with comparable tools; root or not  ## 运行基准测试，与同类工具并列比较；是否 root 都可以
	@$(RUN) tools/bench.py

build: setup-dev  ## build the wheel and the source package in dist/  ## 在 dist/ 里构建 wheel 和源码包
	@tools/release.sh build

release: setup-dev  ## build both, examine them, and run the wheel in an empty environment  ## 构建两者，逐项检查，并在空环境里运行 wheel
	@tools/release.sh

owner: setup-dev  ## write the account on GitHub into every address: make owner OWNER=account  ## 把 GitHub 上的账号写进每个地址：make owner OWNER=账号
	@$(RUN) tools/owner.py $(OWNER)

clean:  ## remove build output and caches; the environment and your lessons stay  ## 删除构建产物和缓存；环境和你的课程都保留
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

uninstall: clean  ## also remove the environment; your lessons stay  ## 连环境也删除；你的课程保留
	rm -rf .venv
	@test ! -d $(DIR) || echo "$(if $(CHINESE),你的课程还在 $(DIR) 里：请自行决定保留还是删除。,Your lessons are still in $(DIR): keep the folder or delete it.)"
